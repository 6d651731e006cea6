// The generic engine: plays lanes (one game of one scenario each) in rounds. Within a round every lane
// runs until its game ends or it meets a bucket without a distribution, where it parks; the misses of
// all lanes then go to the callback together. A sport is a template argument: state and rules only.
#pragma once

#include <algorithm>
#include <chrono>
#include <memory>
#include <vector>

#include "cache.h"
#include "threads.h"

namespace engine {

template <class Sport>
class Engine final : public Simulator {
  public:
    explicit Engine(const NamedTables &tables)
        : tables_(tables), cache_(tables_.layout, tables_.bucket_count()) {}

    void run(const se_options &options, Callback callback, const se_outputs &outputs, se_report &report) override {
        check(options);
        stop_ = false;
        report = {};
        const auto start = Clock::now();
        Run run{options, callback, outputs, report, {}, {}};
        deal(run);
        while (!run.active.empty()) {
            ++report.rounds;
            play_round(run);
            if (!run.missing.empty()) fill(run);
        }
        report.records = static_cast<int64_t>(cache_.records());
        report.seconds = seconds_since(start);
    }

    int64_t width(int what) const override {
        const int64_t widths[] = {Sport::kDescriptorWidth, tables_.layout.output_width(), Sport::kTeamStats,
                                  Sport::kPlayerStats,     tables_.entities,              tables_.game_count()};
        return what >= 0 && what < 6 ? widths[what] : -1;
    }

  private:
    using Clock = std::chrono::steady_clock;
    using Lane = typename Sport::Lane;
    static constexpr size_t kBlock = 256;     // lanes a thread takes at a time
    static constexpr uint32_t kPlayLimit = 2000;  // a game of football has about 180

    struct Parked {
        std::vector<uint32_t> lanes;
        std::vector<uint32_t> buckets;
        int64_t plays = 0;
    };

    struct Run {
        const se_options &options;
        Callback callback;
        const se_outputs &outputs;
        se_report &report;
        std::vector<uint32_t> active;   // lanes still playing, game-major
        std::vector<uint32_t> missing;  // buckets to ask for, sorted, each once
    };

    static double seconds_since(Clock::time_point start) {
        return std::chrono::duration<double>(Clock::now() - start).count();
    }

    static void check(const se_options &options) {
        if (options.scenarios < 1) throw Error("scenarios must be at least 1");
        if (options.threads < 1) throw Error("threads must be at least 1");
        if (options.batch_rows < 1) throw Error("batch_rows must be at least 1");
    }

    Source source(const Run &run, uint32_t lane) const {
        const uint32_t scenarios = run.options.scenarios;
        return {run.options.seed, tables_.game(lane / scenarios).key,
                run.options.first_scenario + lane % scenarios};
    }

    void deal(Run &run) {
        const size_t lanes = static_cast<size_t>(tables_.game_count()) * run.options.scenarios;
        lanes_.assign(lanes, Lane{});
        run.active.resize(lanes);
        for (uint32_t i = 0; i < lanes; ++i) run.active[i] = i;
        for_each_block((lanes + kBlock - 1) / kBlock, run.options.threads, [&](size_t block) {
            for (size_t i = block * kBlock; i < std::min(lanes, (block + 1) * kBlock); ++i)
                Sport::start(tables_, i / run.options.scenarios, source(run, i), lanes_[i]);
        });
    }

    void play_round(Run &run) {
        const size_t blocks = (run.active.size() + kBlock - 1) / kBlock;
        std::vector<Parked> parked(blocks);
        for_each_block(blocks, run.options.threads, [&](size_t block) {
            if (stop_.load(std::memory_order_relaxed)) throw Stopped();
            const size_t end = std::min(run.active.size(), (block + 1) * kBlock);
            for (size_t i = block * kBlock; i < end; ++i) play_lane(run, run.active[i], parked[block]);
        });
        run.active.clear();
        run.missing.clear();
        for (const Parked &block : parked) {
            run.report.plays += block.plays;
            run.active.insert(run.active.end(), block.lanes.begin(), block.lanes.end());
            run.missing.insert(run.missing.end(), block.buckets.begin(), block.buckets.end());
        }
        run.report.misses += static_cast<int64_t>(run.missing.size());
        std::sort(run.missing.begin(), run.missing.end());
        run.missing.erase(std::unique(run.missing.begin(), run.missing.end()), run.missing.end());
    }

    void play_lane(const Run &run, uint32_t index, Parked &parked) {
        Lane &lane = lanes_[index];
        const uint32_t game = index / run.options.scenarios;
        const Source random = source(run, index);
        while (!lane.over) {
            const uint32_t bucket = Sport::bucket(tables_, game, lane);
            const uint16_t *record = cache_.find(bucket);
            if (record == nullptr) {
                parked.lanes.push_back(index);
                parked.buckets.push_back(bucket);
                return;
            }
            Sport::play(tables_, game, random, record, lane);
            ++parked.plays;
            if (lane.plays > kPlayLimit)
                throw Error("game " + std::to_string(game) + " passed " + std::to_string(kPlayLimit) +
                            " plays: the distributions of time leave the clock standing");
        }
        Sport::finish(tables_, game, lane, index % run.options.scenarios, run.options.scenarios, run.outputs);
    }

    // Asks the callback for the missing buckets, at most batch_rows at a time.
    void fill(Run &run) {
        const size_t most = std::min<size_t>(run.missing.size(), run.options.batch_rows);
        descriptors_.resize(most * Sport::kDescriptorWidth);
        probabilities_.resize(most * tables_.layout.output_width());
        for (size_t first = 0; first < run.missing.size(); first += most) {
            const size_t rows = std::min(most, run.missing.size() - first);
            for (size_t i = 0; i < rows; ++i)
                tables_.describe(run.missing[first + i], &descriptors_[i * Sport::kDescriptorWidth]);
            ask(run, rows);
            for (size_t i = 0; i < rows; ++i) store(run.missing[first + i], i);
        }
    }

    void ask(Run &run, size_t rows) {
        // NaN marks what the callback leaves unwritten, so that it is refused and never played.
        std::fill(probabilities_.begin(), probabilities_.end(), std::nanf(""));
        const auto start = Clock::now();
        const int code = run.callback.infer(run.callback.user, static_cast<int64_t>(rows), descriptors_.data(),
                                            probabilities_.data());
        run.report.callback_seconds += seconds_since(start);
        ++run.report.callbacks;
        if (stop_.load(std::memory_order_relaxed)) throw Stopped();
        if (code != 0) throw CallbackFailed();
    }

    void store(uint32_t bucket, size_t row) {
        const float *probabilities = &probabilities_[row * tables_.layout.output_width()];
        const int bad = tables_.layout.quantise(probabilities, cache_.reserve());
        if (bad >= 0) refuse(row, bad);
        cache_.publish(bucket);
    }

    [[noreturn]] void refuse(size_t row, int head) const {
        std::string text = "head " + tables_.layout.name(head) + " of bucket (";
        for (int i = 0; i < Sport::kDescriptorWidth; ++i)
            text += (i ? ", " : "") + std::to_string(descriptors_[row * Sport::kDescriptorWidth + i]);
        throw Error(text + ") has probabilities that are negative, not numbers, or do not sum to 1");
    }

    typename Sport::Tables tables_;
    Cache cache_;
    std::vector<Lane> lanes_;
    std::vector<int32_t> descriptors_;
    std::vector<float> probabilities_;
};

}  // namespace engine
