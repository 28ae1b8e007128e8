#include "meter.h"

#include <stdatomic.h>

// AddressSanitizer's: called on every allocation and release, on whatever thread. They must not allocate themselves.
extern int __sanitizer_install_malloc_and_free_hooks(void (*on_malloc)(const volatile void *, size_t), void (*on_free)(const volatile void *));
extern size_t __sanitizer_get_allocated_size(const volatile void *pointer);

static atomic_long current;
static atomic_long peak;

static void on_malloc(const volatile void *pointer, size_t size) {
    (void)pointer;
    long now = atomic_fetch_add_explicit(&current, (long)size, memory_order_relaxed) + (long)size;
    if (now > atomic_load_explicit(&peak, memory_order_relaxed)) atomic_store_explicit(&peak, now, memory_order_relaxed);
}

static void on_free(const volatile void *pointer) {
    if (pointer) atomic_fetch_sub_explicit(&current, (long)__sanitizer_get_allocated_size(pointer), memory_order_relaxed);
}

void meter_install(void) { __sanitizer_install_malloc_and_free_hooks(on_malloc, on_free); }

void meter_reset(void) {
    atomic_store_explicit(&current, 0, memory_order_relaxed);
    atomic_store_explicit(&peak, 0, memory_order_relaxed);
}

size_t meter_peak(void) {
    return (size_t)atomic_load_explicit(&peak, memory_order_relaxed);
}
