#define KERNEL kernel_avx2
#define KERNEL_TARGET __attribute__((target("avx2,tune=haswell")))
#define KERNEL_ALL_RARE false
#include "kernel.inc"
