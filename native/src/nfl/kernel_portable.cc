#define KERNEL kernel_portable
#define KERNEL_TARGET 
#define KERNEL_ALL_RARE false
#include "kernel.inc"
