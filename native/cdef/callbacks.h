/* The only function of Python's that the engine calls: once a batch, never once a play. It stores its
 * exception and returns non-zero; the outer call raises it again. */
extern "Python" int infer_batch(void *user, int64_t rows, const int32_t *descriptors, float *probabilities);
