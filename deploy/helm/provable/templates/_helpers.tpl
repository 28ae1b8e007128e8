{{- define "provable.image" -}}
{{- if .Values.image.digest -}}
{{ .Values.image.repository }}@{{ .Values.image.digest }}
{{- else -}}
{{ .Values.image.repository }}:{{ .Values.image.tag }}
{{- end -}}
{{- end -}}

{{- /* Labels of one service: dict "root" $ "name" <service>. */ -}}
{{- define "provable.selector" -}}
app.kubernetes.io/name: {{ .name }}
app.kubernetes.io/instance: {{ .root.Release.Name }}
{{- end -}}

{{- define "provable.labels" -}}
{{ include "provable.selector" . }}
app.kubernetes.io/part-of: provable
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
provable.dev/isolation-group: {{ .root.Values.isolation.group }}
{{- end -}}

{{- /* Passwords of the service's own database roles and Redis user: dict "root" $ "name" <service>. */ -}}
{{- define "provable.storePasswords" -}}
{{- $secret := printf "%s-%s" .root.Values.secrets.storePrefix .name -}}
- name: PROVABLE_POSTGRES_APP_PASSWORD
  valueFrom:
    secretKeyRef: { name: {{ $secret }}, key: app-password }
- name: PROVABLE_POSTGRES_SYSTEM_PASSWORD
  valueFrom:
    secretKeyRef: { name: {{ $secret }}, key: system-password }
- name: PROVABLE_REDIS_PASSWORD
  valueFrom:
    secretKeyRef: { name: {{ $secret }}, key: redis-password }
{{- end -}}
