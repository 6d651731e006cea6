#define KERNEL kernel_avx2
#define KERNEL_BYTES 32
#define KERNEL_TARGET __attribute__((target("avx2")))
#define KERNEL_ALL_RARE 0
#include "kernel.inc"
