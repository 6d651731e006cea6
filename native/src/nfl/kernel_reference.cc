#define KERNEL kernel_reference
#define KERNEL_BYTES 16
#define KERNEL_TARGET 
#define KERNEL_ALL_RARE (-1)
#include "kernel.inc"
