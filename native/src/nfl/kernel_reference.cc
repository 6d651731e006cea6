#define KERNEL kernel_reference
#define KERNEL_TARGET 
#define KERNEL_ALL_RARE true
#include "kernel.inc"
