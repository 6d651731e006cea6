#define KERNEL kernel_portable
#define KERNEL_BYTES 16
#define KERNEL_TARGET 
#define KERNEL_ALL_RARE 0
#include "kernel.inc"
