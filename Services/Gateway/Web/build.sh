#!/bin/sh
# Builds the web page into dist/: hashed, compressed files that the gateway serves as they are.
# Needs Debian's node-typescript, esbuild, node-react, node-react-dom, node-d3, node-dagre-layout; brotli where it is installed.
set -eu
cd "$(dirname "$0")"
export NODE_PATH=/usr/share/nodejs
LIMIT_BYTES=256000 # of script and style, compressed: the budget of the first page

[ "${SKIP_TYPES:-}" = 1 ] || tsc -p .

rm -rf dist.new
mkdir -p dist.new/assets
esbuild src/main.tsx --bundle --minify --format=esm --target=es2020 --jsx=automatic --legal-comments=none --log-level=warning \
  --define:process.env.NODE_ENV='"production"' --entry-names='assets/[name]-[hash]' --outdir=dist.new --external:/assets/*
icon=icon-$(sha256sum icon.svg | cut -c1-8).svg
cp icon.svg "dist.new/assets/$icon"

js=$(basename dist.new/assets/main-*.js)
css=$(basename dist.new/assets/main-*.css)
sed -e "s|@JS@|$js|" -e "s|@CSS@|$css|" -e "s|@ICON@|$icon|" index.template.html >dist.new/index.html

total=0
for file in dist.new/index.html dist.new/assets/*; do
  case "$file" in *.woff2) continue ;; esac
  gzip -9 -n -k "$file"
  if command -v brotli >/dev/null; then brotli -q 11 -k -f "$file"; fi
  packed="$file.br"
  [ -f "$packed" ] || packed="$file.gz"
  total=$((total + $(wc -c <"$packed")))
done
if [ "$total" -gt "$LIMIT_BYTES" ]; then
  echo "web: $total bytes compressed are over the budget of $LIMIT_BYTES" >&2
  exit 1
fi
rm -rf dist
mv dist.new dist
echo "web: built $js and $css, $total bytes compressed"
