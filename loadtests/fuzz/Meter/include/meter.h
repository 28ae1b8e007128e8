#pragma once
#include <stddef.h>
#include <stdint.h>

/// libFuzzer's own loop: hands every input to the callback.
int LLVMFuzzerRunDriver(int *argc, char ***argv, int (*callback)(const uint8_t *data, size_t size));

/// How far the heap has grown since the last reset at most, in bytes that were asked for.
void meter_install(void);
void meter_reset(void);
size_t meter_peak(void);
