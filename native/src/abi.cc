// The C interface: checks what it is handed, converts codes and exceptions, nothing else.
#include <memory>
#include <new>
#include <string>

#include "check.h"
#include "nfl/replay.h"
#include "nfl/simulator.h"

struct se_engine {
    std::unique_ptr<engine::Simulator> simulator;
    std::string error;
};

namespace {

using engine::need_between;
using engine::need_pointer;

// What no honest call reaches; it keeps sizes and their products within their types.
constexpr int32_t kGames = 5;  // in se_width
constexpr int64_t kMostTables = 4096, kMostValues = int64_t{1} << 28, kMostThreads = 1024, kMostRepeats = 1 << 20;
constexpr int64_t kMostLanes = int64_t{1} << 26;  // games times scenarios: some 60 GB of state

thread_local std::string thread_error;  // of calls that have no engine

std::unique_ptr<engine::Simulator> make(const std::string &sport, const engine::NamedTables &tables) {
    if (sport == "nfl") return nfl::make_simulator(tables);
    throw engine::Error("no sport named " + sport + " is built in");
}

// Does the work and returns its code, with the reason of an error in `message`.
template <class Work>
int guarded(std::string &message, Work work) {
    try {
        work();
        return SE_OK;
    } catch (const engine::Stopped &) {
        return SE_STOPPED;
    } catch (const engine::CallbackFailed &) {
        return SE_CALLBACK;
    } catch (const std::bad_alloc &) {
        message = "not enough memory";
    } catch (const std::exception &error) {
        message = error.what();
    }
    return SE_ERROR;
}

engine::NamedTables named_tables(const char *heads, int32_t tables, const char *const *names,
                                 const double *const *values, const int64_t *sizes) {
    need_pointer("heads", heads);
    need_between("tables", tables, 0, kMostTables);
    need_pointer("names", names);
    need_pointer("values", values);
    need_pointer("sizes", sizes);
    engine::NamedTables named(heads);
    for (int32_t i = 0; i < tables; ++i) {
        need_pointer("name " + std::to_string(i), names[i]);
        const std::string name = names[i];
        need_pointer("table " + name, values[i]);
        need_between("the size of table " + name, sizes[i], 0, kMostValues);
        named.add(name, {values[i], static_cast<size_t>(sizes[i])});
    }
    return named;
}

void check_outputs(const se_outputs *outputs) {
    need_pointer("outputs", outputs);
    need_pointer("points", outputs->points);
    need_pointer("scores", outputs->scores);
    need_pointer("team_stats", outputs->team_stats);
    if (outputs->player_stats != nullptr) need_pointer("player_stats", outputs->player_stats);
}

void check_options(const se_options *options, int64_t games) {
    need_pointer("options", options);
    need_between("first_scenario", options->first_scenario, 0, INT32_MAX);
    need_between("scenarios", options->scenarios, 1, kMostLanes / games);
    need_between("threads", options->threads, 1, kMostThreads);
    need_between("batch_rows", options->batch_rows, 1, INT64_MAX);
    need_between("level", options->level, 0, nfl::kAvx512);
    need_between("unquantised", options->unquantised, 0, 1);
}

// Rows of int32 are the plug-in's records of plays and of the states after them.
void replay(const std::string &sport, int64_t plays, int64_t play_width, const int32_t *rows, int64_t state_width,
            int32_t *after) {
    if (sport != "nfl") throw engine::Error("no sport named " + sport + " can be replayed");
    constexpr int64_t kPlay = sizeof(nfl::Play) / sizeof(int32_t), kState = sizeof(nfl::Situation) / sizeof(int32_t);
    need_between("plays", plays, 0, kMostValues);
    need_between("the number of columns of plays", play_width, kPlay, kPlay);
    need_between("the number of columns of states", state_width, kState, kState);
    need_pointer("rows", rows);
    need_pointer("after", after);
    const auto count = static_cast<size_t>(plays);
    nfl::replay({reinterpret_cast<const nfl::Play *>(rows), count}, {reinterpret_cast<nfl::Situation *>(after), count});
}

}  // namespace

se_engine *se_open(const char *sport, const char *heads, int32_t tables, const char *const *names, const double *const *values,
                   const int64_t *sizes) {
    se_engine *opened = nullptr;
    guarded(thread_error, [&] {
        need_pointer("sport", sport);
        opened = new se_engine{make(sport, named_tables(heads, tables, names, values, sizes)), ""};
    });
    return opened;
}

void se_close(se_engine *engine) { delete engine; }

int se_run(se_engine *engine, const se_options *options, se_infer infer, se_wait wait, void *user, const se_outputs *outputs,
           se_report *report) {
    return guarded(engine != nullptr ? engine->error : thread_error, [&] {
        need_pointer("engine", engine);
        check_options(options, engine->simulator->width(kGames));
        if (infer == nullptr) throw engine::Error("infer is null");
        if (wait == nullptr) throw engine::Error("wait is null");
        check_outputs(outputs);
        need_pointer("report", report);
        engine->simulator->run(*options, {infer, wait, user}, *outputs, *report);
    });
}

int se_replay(const char *sport, int64_t plays, int64_t play_width, const int32_t *rows, int64_t state_width, int32_t *after) {
    return guarded(thread_error, [&] {
        need_pointer("sport", sport);
        replay(sport, plays, play_width, rows, state_width, after);
    });
}

int se_tables(se_engine *engine, int32_t game, int32_t bucket, uint16_t *entries) {
    return guarded(engine != nullptr ? engine->error : thread_error, [&] {
        need_pointer("engine", engine);
        need_pointer("entries", entries);
        engine->simulator->tables(game, bucket, entries);
    });
}

int se_measure(se_engine *engine, const se_options *options, int32_t game, int32_t repeats, se_limits *limits) {
    return guarded(engine != nullptr ? engine->error : thread_error, [&] {
        need_pointer("engine", engine);
        check_options(options, engine->simulator->width(kGames));
        need_between("repeats", repeats, 1, kMostRepeats);
        need_pointer("limits", limits);
        engine->simulator->measure(*options, game, repeats, *limits);
    });
}

void se_stop(se_engine *engine) {
    if (engine != nullptr) engine->simulator->stop();
}

const char *se_error(const se_engine *engine) { return engine ? engine->error.c_str() : thread_error.c_str(); }

int64_t se_width(const se_engine *engine, int32_t what) { return engine ? engine->simulator->width(what) : -1; }
