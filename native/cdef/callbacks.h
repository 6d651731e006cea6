/* The only functions of Python's that the engine calls: twice a batch, never once a play. They store their
 * exception and return non-zero; the outer call raises it again. */
extern "Python" int infer_batch(void *user, int32_t batch, int64_t rows, const int32_t *descriptors, float *probabilities);
extern "Python" int wait_batch(void *user, int32_t batch);
