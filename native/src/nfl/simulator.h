// The NFL plug-in of the generic engine: a player plays a block of lanes in lockstep, a snap of each at a time.
#pragma once

#include <memory>

#include "../engine/engine.h"
#include "kernel.h"
#include "results.h"
#include "snap.h"
#include "typical.h"

namespace nfl {

class Player {
  public:
    Player(const Tables &tables, const se_options &options, const se_outputs &outputs)
        : tables_(tables), options_(options), kernel_(kernel(options.level)), results_(tables, outputs, options.scenarios) {}

    void play(const engine::Block<Lane> &block, const engine::Cache &cache, const Books &books, engine::Parked<Lane> &parked) {
        game_ = block.game, records_ = cache.record(0), books_ = &books, parked_ = &parked;
        seat(block);
        const View view(tables_, game_, options_.seed, cache.slots(), records_, books);
        while (tile_.count > 0) {
            kernel_.draw(view, tile_);
            if (kernel_.find(view, tile_)) park();
            snap(view);
        }
        results_.write(game_, finished_);
    }

    // CPU seconds of the block played `repeats` times, of its random numbers alone, and of its reads alone.
    void measure(const engine::Block<Lane> &block, const engine::Cache &cache, const Books &books, int repeats, se_limits &limits) {
        engine::Parked<Lane> parked;
        game_ = block.game, records_ = cache.record(0), books_ = &books, parked_ = &parked;
        const View view(tables_, game_, options_.seed, cache.slots(), records_, books);
        const std::vector<Trace> traces = trace(block, view);
        const auto timed = [&](auto pass) {
            const double start = engine::thread_seconds();
            for (int i = 0; i < repeats; ++i) pass();
            return engine::thread_seconds() - start;
        };
        const auto each = [&](auto step) { return [&, step] { for (const Trace &trace : traces) step(trace); }; };
        parked.plays = 0;
        limits.play_seconds = timed([&] {
            seat(block);
            for (; tile_.count > 0; snap(view)) kernel_.draw(view, tile_), kernel_.find(view, tile_);
        });
        limits.plays = parked.plays;
        limits.random_seconds = timed(each([&](const Trace &trace) { tile_.count = trace.count, kernel_.draw(view, tile_); }));
        limits.read_seconds = timed(each([&](const Trace &trace) { limits.sum += kernel_.read(view, trace); }));
    }

    // Parks new lanes before their first snap.
    void start(const engine::Block<Lane> &block, engine::Parked<Lane> &parked) {
        game_ = block.game, parked_ = &parked;
        seat(block);
        park_all();
    }

    // One snap of each parked lane of a block by a record of its own, one after the other at `records`.
    void play_snap(const engine::Block<Lane> &block, const uint16_t *records, const Books &books, engine::Parked<Lane> &parked) {
        game_ = block.game, records_ = records, books_ = &books, parked_ = &parked;
        seat(block);
        for (int i = 0; i < kTileLanes; ++i) tile_.slot[i] = std::min(i, tile_.count - 1), tile_.bucket[i] = -1;
        const View view(tables_, game_, options_.seed, nullptr, records, books);
        kernel_.draw(view, tile_);
        snap(view);
        results_.write(game_, finished_);
        park_all();
    }

  private:
    // Where the block reads, snap by snap.
    std::vector<Trace> trace(const engine::Block<Lane> &block, const View &view) {
        std::vector<Trace> traces;
        for (seat(block); tile_.count > 0; leave()) {
            kernel_.draw(view, tile_);
            if (kernel_.find(view, tile_)) throw engine::Error("a bucket has no distributions yet: play the same scenarios first");
            kernel_.play(view, tile_);
            traces.emplace_back(tile_);
            for (int i = 0; i < tile_.rares; ++i) apply_rules(tile_.rare[i]);
        }
        return traces;
    }

    void snap(const View &view) {
        kernel_.play(view, tile_);
        for (int i = 0; i < tile_.rares; ++i) {
            fetch(tile_.rare[std::min(i + 2, tile_.rares - 1)]);
            apply_rules(tile_.rare[i]);
        }
        parked_->plays += tile_.count;
        leave();
    }

    // Asks the memory for what the rules read and write of a lane.
    void fetch(int i) const {
        constexpr int kLine = 64, kLines = 4;
        const char *lane = reinterpret_cast<const char *>(&tile_.lanes[tile_.lane[i]]);
        for (int line = 0; line < kLines; ++line) __builtin_prefetch(lane + line * kLine);
    }

    void park_all() {
        for (int i = 0; i < tile_.count; ++i) parked_->lanes.push_back(tile_.store(i));
    }

    void seat(const engine::Block<Lane> &block) {
        finished_ = {};
        for (tile_.count = 0; tile_.count < static_cast<int>(block.count); ++tile_.count) {
            const int i = tile_.count;
            tile_.lane[i] = i;
            Lane &lane = tile_.lanes[i];
            if (block.parked) {
                lane = block.parked[i];
            } else {
                lane = {};
                lane.scenario = options_.first_scenario + block.first + i;
                draw_usage(tables_, game_, source(lane), lane);
                Field(tables_, tables_.game(game_), source(lane), lane).open();
            }
            tile_.load(i);
            tile_.load_usage(i);
        }
        tile_.pad();
    }

    engine::Source source(const Lane &lane) const { return {options_.seed, tables_.game(game_).key, lane.scenario}; }

    // Takes out the lanes whose bucket has no distribution yet.
    void park() {
        for (int i = tile_.count - 1; i >= 0; --i) {
            if (tile_.slot[i] != engine::Cache::kMissing) continue;
            parked_->lanes.push_back(tile_.store(i));
            parked_->buckets.push_back(tile_.bucket[i]);
            tile_.remove(i);
        }
    }

    void apply_rules(int i) {
        Lane &lane = tile_.store(i);
        if (lane.plays >= kLongestGame)
            throw engine::Error("game " + std::to_string(game_) + " passed " + std::to_string(kLongestGame) +
                                " plays: the distributions of time leave the clock standing");
        const Drawn &drawn = tile_.drawn;
        engine::Words words;
        for (int word = 0; word < 4; ++word) words[word] = drawn.words[word][i];
        const SnapDrawn snap{Draws(words), drawn.type[i], drawn.target[i], drawn.result[i],
                             drawn.yards[i], drawn.seconds[i], tile_.bucket[i]};
        const uint16_t *record = records_ + size_t(tile_.slot[i]) * kRecordEntries;
        const TryTargets targets{books_->table(lane.offence, record, kPassTargets, 0), books_->table(lane.offence, record, kRunTargets, 0)};
        Snap(tables_, tables_.game(game_), source(lane), snap, targets, lane).play();
        tile_.load(i);
    }

    // Takes out the lanes whose game is over.
    void leave() {
        for (int at = tile_.rares - 1; at >= 0; --at) {
            const int i = tile_.rare[at];
            Lane &lane = tile_.lanes[tile_.lane[i]];
            if (!lane.over) continue;
            for (int side = 0; side < 2; ++side) lane.sum_up(side);
            finished_.lanes.push_back(&lane);
            finished_.scenarios.push_back(lane.scenario - options_.first_scenario);
            tile_.remove(i);
        }
    }

    Tile tile_;  // first, as the widest aligned
    const Tables &tables_;
    const se_options &options_;
    const Kernel &kernel_;
    Results results_;
    // Of the block being played:
    size_t game_ = 0;
    const uint16_t *records_ = nullptr;
    const Books *books_ = nullptr;
    engine::Parked<Lane> *parked_ = nullptr;
    Finished finished_;
};

struct Sport {
    using Lane = nfl::Lane;
    using Tables = nfl::Tables;
    using Player = nfl::Player;
    using Books = nfl::Books;
    static constexpr int kLanes = kTileLanes;
    static constexpr int kRecordWidth = kRecordEntries;
    static constexpr int kBucketEntries = kUnpackedEntries;
    static constexpr int kDescriptorWidth = 7;
    static constexpr int kTeamStats = kTeamStatCount;
    static constexpr int kPlayerStats = kAllPlayerStats;

    static std::vector<uint32_t> typical(const Tables &tables) { return typical_buckets(tables.nodes); }
};

inline std::unique_ptr<engine::Simulator> make_simulator(const NamedTables &tables) {
    return std::make_unique<engine::Engine<Sport>>(tables);
}

}  // namespace nfl
