// The C interface: converts codes and exceptions, nothing else.
#include <memory>
#include <string>

#include "nfl/replay.h"
#include "nfl/simulator.h"

struct se_engine {
    std::unique_ptr<engine::Simulator> simulator;
    std::string error;
};

namespace {

thread_local std::string open_error;

std::unique_ptr<engine::Simulator> make(const std::string &sport, const engine::NamedTables &tables) {
    if (sport == "nfl") return nfl::make_simulator(tables);
    throw engine::Error("no sport named " + sport + " is built in");
}

// Rows of int32 are the plug-in's records of plays and of the states after them.
void replay(const std::string &sport, std::span<const int32_t> rows, int64_t play_width, std::span<int32_t> after,
            int64_t state_width) {
    if (sport != "nfl") throw engine::Error("no sport named " + sport + " can be replayed");
    constexpr int64_t kPlay = sizeof(nfl::Play) / sizeof(int32_t), kState = sizeof(nfl::Situation) / sizeof(int32_t);
    if (play_width != kPlay || state_width != kState)
        throw engine::Error("plays to replay have " + std::to_string(kPlay) + " columns, states " + std::to_string(kState));
    if (rows.size() % kPlay != 0 || rows.size() / kPlay * kState != after.size())
        throw engine::Error("plays to replay and the states after them disagree in number");
    const size_t plays = rows.size() / kPlay;
    nfl::replay({reinterpret_cast<const nfl::Play *>(rows.data()), plays},
                {reinterpret_cast<nfl::Situation *>(after.data()), plays});
}

}  // namespace

se_engine *se_open(const char *sport, const char *heads, int32_t tables, const char *const *names, const double *const *values,
                   const int64_t *sizes) {
    try {
        engine::NamedTables named(heads);
        for (int32_t i = 0; i < tables; ++i) named.add(names[i], {values[i], static_cast<size_t>(sizes[i])});
        return new se_engine{make(sport, named), ""};
    } catch (const std::exception &error) {
        open_error = error.what();
        return nullptr;
    }
}

void se_close(se_engine *engine) { delete engine; }

int se_run(se_engine *engine, const se_options *options, se_infer infer, void *user, const se_outputs *outputs,
           se_report *report) {
    try {
        engine->simulator->run(*options, {infer, user}, *outputs, *report);
        return SE_OK;
    } catch (const engine::Stopped &) {
        return SE_STOPPED;
    } catch (const engine::CallbackFailed &) {
        return SE_CALLBACK;
    } catch (const std::exception &error) {
        engine->error = error.what();
        return SE_ERROR;
    }
}

int se_replay(const char *sport, int64_t plays, int64_t play_width, const int32_t *rows, int64_t state_width, int32_t *after) {
    try {
        replay(sport, {rows, static_cast<size_t>(plays * play_width)}, play_width,
               {after, static_cast<size_t>(plays * state_width)}, state_width);
        return SE_OK;
    } catch (const std::exception &error) {
        open_error = error.what();
        return SE_ERROR;
    }
}

int se_tables(se_engine *engine, int32_t game, int32_t bucket, uint16_t *entries) {
    try {
        engine->simulator->tables(game, bucket, entries);
        return SE_OK;
    } catch (const std::exception &error) {
        engine->error = error.what();
        return SE_ERROR;
    }
}

void se_stop(se_engine *engine) { engine->simulator->stop(); }

const char *se_error(const se_engine *engine) { return engine ? engine->error.c_str() : open_error.c_str(); }

int64_t se_width(const se_engine *engine, int32_t what) { return engine->simulator->width(what); }
