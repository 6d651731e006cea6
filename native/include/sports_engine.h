/* The engine's C interface: everything a caller may use. No sport is named here: a sport's plug-in is
 * found by name and reads the named tables it needs. Kept plain enough for cffi's parser.
 *
 * Arguments are checked before they are used: null (but where it is allowed), misaligned, or a size, option or
 * value of a table out of range is an error that names it, what was found and what is needed. That buffers are as
 * long as their sizes say is the caller's word. The reason of an error is in se_error: of the engine that was
 * called, else of the calling thread. An engine takes one call at a time, but for se_stop. */
typedef struct se_engine se_engine;

enum { SE_OK = 0, SE_ERROR = 1, SE_STOPPED = 2, SE_CALLBACK = 3 };

/* Probabilities of `rows` buckets: reads descriptors [rows, descriptor width] and writes
 * probabilities [rows, output width]. Both buffers belong to the engine. Non-zero: the run stops.
 * It may return before they are written: se_wait of the same `batch`, 0 or 1, follows before they are read. In between it may
 * be asked about the other batch, so that two are in flight while the engine takes in what was answered. */
typedef int (*se_infer)(void *user, int32_t batch, int64_t rows, const int32_t *descriptors, float *probabilities);
/* Returns when the batch is written, or will never be: the engine may free its buffers then. Non-zero: the run stops. */
typedef int (*se_wait)(void *user, int32_t batch);

/* Scenario-minor outputs, all written completely by a run: points [entities, scenarios], INT16_MIN where a player takes no part,
 * scores [games, 2, scenarios], team_stats [games, 2, team stats, scenarios],
 * player_stats [entities, player stats, scenarios] or null. */
typedef struct {
    int16_t *points;
    int16_t *scores;
    int16_t *team_stats;
    int16_t *player_stats;
} se_outputs;

typedef struct {
    uint64_t seed;
    int32_t first_scenario;
    int32_t scenarios;
    int32_t threads;
    int64_t batch_rows; /* most rows of one callback */
    int32_t level;      /* instruction set: 0 the best of this processor, 1 every snap by the general rules, 2 portable,
                           3 AVX2, 4 AVX-512; the results are the same */
    int32_t unquantised; /* not 0: the callback is asked before every snap, about states instead of buckets; slow, to see
                            what buckets cost. The books must be fitted by another run before. */
} se_options;

typedef struct {
    int64_t plays;
    int64_t misses;    /* times a lane had to wait for a distribution */
    int64_t records;   /* buckets in the cache */
    int64_t exact;     /* their distributions that no typical one stands for */
    int64_t table_bytes; /* of the cache and its tables */
    int64_t callbacks;
    int64_t rounds;
    double seconds;
    double callback_seconds; /* in the callbacks, until they return */
} se_report;

/* CPU seconds of one thread that plays a block of scenarios of a game, and of what no engine of this design can leave out. */
typedef struct {
    int64_t plays;         /* of all repeats */
    double play_seconds;   /* of playing them, without the outputs */
    double random_seconds; /* of their random numbers alone */
    double read_seconds;   /* of the reads of tables alone, at the places where they read */
    int64_t sum;           /* of what was read, so that it is */
} se_limits;

/* `heads`: names of the output row's heads, separated by commas. `names`, `values` and `sizes` have `tables`
 * entries, and are copied. Null on failure; the reason is then in se_error(NULL) of the same thread. */
se_engine *se_open(const char *sport, const char *heads, int32_t tables, const char *const *names, const double *const *values,
                   const int64_t *sizes);
/* Nothing is done for null. */
void se_close(se_engine *engine);
/* `user` may be null; it is the callbacks' alone. Unless SE_OK, outputs and report may be half written. */
int se_run(se_engine *engine, const se_options *options, se_infer infer, se_wait wait, void *user, const se_outputs *outputs,
           se_report *report);
/* Real plays through the sport's rules: `rows` [plays, play_width] say what was before each play and what happened on it,
 * `after` [plays, state_width] receives the state after it. The columns are the sport's. An error is in se_error(NULL). */
int se_replay(const char *sport, int64_t plays, int64_t play_width, const int32_t *rows, int64_t state_width, int32_t *after);
/* Asks a run in progress to end soon with SE_STOPPED; callable from any thread, and does nothing for null. */
void se_stop(se_engine *engine);
/* Why the last call failed: of this engine, or with null of the calling thread. Valid until their next call. */
const char *se_error(const se_engine *engine);
/* The alias tables of a bucket in the cache, as the engine draws from them: entries [entries] of the play types, then of every
 * other group in the order of its code (native/src/nfl/record.h). An error when the bucket has none yet. */
int se_tables(se_engine *engine, int32_t game, int32_t bucket, uint16_t *entries);
/* Measures the first block of scenarios of a game, `repeats` times. An error when the cache lacks one of its buckets: a run
 * with the same options comes before. */
int se_measure(se_engine *engine, const se_options *options, int32_t game, int32_t repeats, se_limits *limits);
/* Widths of the buffers: 0 descriptor, 1 output row, 2 team stats, 3 player stats, 4 entities, 5 games, 6 entries of a
 * bucket's tables; -1 for any other and for null. */
int64_t se_width(const se_engine *engine, int32_t what);
