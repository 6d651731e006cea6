#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"  // in GCC's own header of these instructions
#define KERNEL kernel_avx512
#define KERNEL_BYTES 64
#define KERNEL_TARGET __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,prefer-vector-width=512")))
#define KERNEL_ALL_RARE 0
#include "kernel.inc"
