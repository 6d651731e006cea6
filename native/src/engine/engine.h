// The generic engine: plays lanes (one game of one scenario each) in rounds. Within a round every lane
// runs until its game ends or it meets a bucket without a distribution, where it parks; the misses of
// all lanes then go to the callback together. A sport is a template argument: state and rules only.
#pragma once

#include <algorithm>
#include <chrono>
#include <memory>
#include <utility>
#include <vector>

#include "cache.h"
#include "threads.h"

namespace engine {

// Lanes of one game that a thread plays together: new ones from scenario `first` on, or parked ones.
template <class Lane>
struct Block {
    uint32_t game;
    uint32_t first;  // counted from the run's first scenario
    uint32_t count;
    const Lane *parked;  // null: new lanes
};

// What a block leaves behind: lanes that wait, and for each the bucket that it waits for.
template <class Lane>
struct Parked {
    std::vector<Lane> lanes;
    std::vector<uint32_t> buckets;
    int64_t plays = 0;
};

template <class Sport>
class Engine final : public Simulator {
  public:
    explicit Engine(const NamedTables &tables) : tables_(tables) {
        for (int64_t game = 0; game < tables_.game_count(); ++game) {
            caches_.emplace_back(tables_.buckets(), Sport::kRecordWidth);
            books_.push_back(std::make_unique<Books>(tables_.layout));
        }
    }

    void run(const se_options &options, Callback callback, const se_outputs &outputs, se_report &report) override {
        stop_ = false;
        report = {};
        const auto start = Clock::now();
        Run run{options, callback, outputs, report, {}, {}, {}, {}};
        deal(run);
        for (size_t i = 0; i < std::min<size_t>(options.threads, run.blocks.size()); ++i)
            run.players.push_back(std::make_unique<Player>(tables_, options, outputs));
        try {
            options.unquantised ? play_unquantised(run) : play(run);
        } catch (...) {
            land(callback);
            throw;
        }
        report.table_bytes = static_cast<int64_t>(tables_.bytes());
        for (size_t game = 0; game < caches_.size(); ++game) {
            report.records += static_cast<int64_t>(caches_[game].used());
            report.exact += books_[game]->exact();
            report.table_bytes += static_cast<int64_t>(caches_[game].bytes() + books_[game]->bytes());
        }
        report.seconds = seconds_since(start);
    }

    void tables(int64_t game, int64_t bucket, uint16_t *entries) const override {
        const bool known = game >= 0 && game < tables_.game_count() && bucket >= 0 && bucket < int64_t(tables_.buckets());
        const int32_t slot = known ? caches_[game].slots()[bucket] : Cache::kMissing;
        if (slot == Cache::kMissing)
            throw Error("no distributions of bucket " + std::to_string(bucket) + " of game " + std::to_string(game) + " yet");
        books_[game]->unpack(tables_, static_cast<uint32_t>(bucket), caches_[game].record(slot), entries);
    }

    void measure(const se_options &options, int64_t game, int repeats, se_limits &limits) override {
        engine::need_between("game", game, 0, tables_.game_count() - 1);
        limits = {};
        const se_outputs none{};
        Player player(tables_, options, none);
        const auto lanes = static_cast<uint32_t>(std::min(options.scenarios, Sport::kLanes));
        player.measure({static_cast<uint32_t>(game), 0, lanes, nullptr}, caches_[game], *books_[game], repeats, limits);
    }

    int64_t width(int what) const override {
        const int64_t widths[] = {Sport::kDescriptorWidth, tables_.layout.output_width(), Sport::kTeamStats, Sport::kPlayerStats,
                                  tables_.entities, tables_.game_count(), Sport::kBucketEntries};
        return what >= 0 && what < 7 ? widths[what] : -1;
    }

  private:
    using Clock = std::chrono::steady_clock;
    using Lane = Sport::Lane;
    using Player = Sport::Player;
    using Books = Sport::Books;
    static constexpr size_t kRows = 256;  // rows a thread packs at a time

    struct Missing {
        uint32_t game;
        uint32_t bucket;
        auto operator<=>(const Missing &) const = default;
    };

    // Buckets or states that the callback is asked about, and where it answers.
    struct Batch {
        std::vector<int32_t> descriptors;
        std::vector<float> probabilities;
        size_t rows = 0;
        bool in_flight = false;

        void resize(size_t count, size_t width) {
            rows = count;
            descriptors.resize(count * Sport::kDescriptorWidth);
            probabilities.resize(count * width);
        }
        int32_t *descriptor(size_t row) { return &descriptors[row * Sport::kDescriptorWidth]; }
    };

    struct Run {
        const se_options &options;
        Callback callback;
        const se_outputs &outputs;
        se_report &report;
        std::vector<std::unique_ptr<Player>> players;  // one a thread
        std::vector<Block<Lane>> blocks;
        std::vector<Parked<Lane>> parked;        // by block
        std::vector<std::vector<Lane>> waiting;  // by game: lanes that the blocks of the next round play
    };

    static double seconds_since(Clock::time_point start) {
        return std::chrono::duration<double>(Clock::now() - start).count();
    }

    void deal(Run &run) {
        for (uint32_t game = 0; game < caches_.size(); ++game) cut(run, game, run.options.scenarios, nullptr);
    }

    static void cut(Run &run, uint32_t game, uint32_t lanes, const Lane *parked) {
        for (uint32_t first = 0; first < lanes; first += Sport::kLanes)
            run.blocks.push_back({game, first, std::min<uint32_t>(Sport::kLanes, lanes - first), parked ? parked + first : nullptr});
    }

    void play(Run &run) {
        fit_books(run);
        ask_ahead(run);
        for (; !run.blocks.empty(); collect(run)) {
            ++run.report.rounds;
            play_round(run);
        }
    }

    void play_round(Run &run) {
        run.parked.assign(run.blocks.size(), {});
        for_each_block(run.blocks.size(), run.options.threads, [&](size_t number, size_t thread) {
            if (stop_.load(std::memory_order_relaxed)) throw Stopped();
            const Block<Lane> &block = run.blocks[number];
            run.players[thread]->play(block, caches_[block.game], *books_[block.game], run.parked[number]);
        });
    }

    // Asks for the distributions that lanes wait for, and deals these lanes anew.
    void collect(Run &run) {
        std::vector<Missing> missing;
        for (size_t i = 0; i < run.blocks.size(); ++i) {
            for (const uint32_t bucket : run.parked[i].buckets) missing.push_back({run.blocks[i].game, bucket});
            run.report.misses += static_cast<int64_t>(run.parked[i].buckets.size());
        }
        std::sort(missing.begin(), missing.end());
        missing.erase(std::unique(missing.begin(), missing.end()), missing.end());
        ask_and_store(run, missing);
        redeal(run);
    }

    // Buckets that scenarios most likely meet are asked about together, before anything is played.
    void ask_ahead(Run &run) {
        std::vector<Missing> missing;
        for (uint32_t game = 0; game < caches_.size(); ++game)
            for (uint32_t bucket = 0; bucket < tables_.buckets(); ++bucket)
                if (caches_[game].slots()[bucket] == Cache::kMissing && tables_.snaps(bucket) * float(run.options.scenarios) >= 1)
                    missing.push_back({game, bucket});
        ask_and_store(run, missing);
    }

    void ask_and_store(Run &run, std::span<const Missing> missing) {
        ask_for(run, missing, [&](std::span<const Missing> rows, const float *probabilities) { store(run, rows, probabilities); });
    }

    // Every lane plays a snap by the distributions of its very state, round by round. The buckets' records are given up
    // with the entries of the books that only they use.
    void play_unquantised(Run &run) {
        for (size_t game = 0; game < books_.size(); ++game) {
            if (!books_[game]->fitted()) throw Error("unquantised: the books of game " + std::to_string(game) + " are not fitted yet");
            caches_[game] = Cache(tables_.buckets(), Sport::kRecordWidth);
        }
        run.parked.assign(run.blocks.size(), {});
        for (size_t i = 0; i < run.blocks.size(); ++i) run.players[0]->start(run.blocks[i], run.parked[i]);
        for (redeal(run); !run.blocks.empty(); redeal(run)) {
            ++run.report.rounds;
            run.parked.assign(run.blocks.size(), {});
            const size_t most = std::max<size_t>(1, run.options.batch_rows / Sport::kLanes);
            for (size_t first = 0; first < run.blocks.size(); first += most)
                play_states(run, first, std::min(first + most, run.blocks.size()));
        }
    }

    // Lanes that stopped are dealt anew.
    void redeal(Run &run) {
        run.waiting.assign(caches_.size(), {});
        for (size_t i = 0; i < run.blocks.size(); ++i) {
            auto &waiting = run.waiting[run.blocks[i].game];
            waiting.insert(waiting.end(), run.parked[i].lanes.begin(), run.parked[i].lanes.end());
            run.report.plays += run.parked[i].plays;
        }
        run.blocks.clear();
        for (uint32_t game = 0; game < caches_.size(); ++game)
            cut(run, game, static_cast<uint32_t>(run.waiting[game].size()), run.waiting[game].data());
    }

    // Asks about the states of blocks [first, last) and plays a snap of each.
    void play_states(Run &run, size_t first, size_t last) {
        std::vector<size_t> rows{0};
        for (size_t i = first; i < last; ++i) rows.push_back(rows.back() + run.blocks[i].count);
        Batch &batch = batches_[0];
        batch.resize(rows.back(), tables_.layout.output_width());
        for (size_t i = first; i < last; ++i)
            for (uint32_t lane = 0; lane < run.blocks[i].count; ++lane)
                tables_.describe(run.blocks[i].game, run.blocks[i].parked[lane], batch.descriptor(rows[i - first] + lane));
        ask(run, batch);
        receive(run, batch);
        const size_t width = tables_.layout.output_width();
        std::vector<uint16_t> records(rows.back() * Sport::kRecordWidth + kOverread);
        for_each_block(last - first, run.options.threads, [&](size_t i, size_t thread) {
            const Block<Lane> &block = run.blocks[first + i];
            for (uint32_t lane = 0; lane < block.count; ++lane) {
                const size_t row = rows[i] + lane;
                books_[block.game]->pack(block.parked[lane].offence, &batch.probabilities[row * width], &records[row * Sport::kRecordWidth]);
            }
            run.players[thread]->play_snap(block, &records[rows[i] * Sport::kRecordWidth], *books_[block.game], run.parked[first + i]);
        });
        for (const auto &books : books_) books->forget();
    }

    // Fits the books of games that have none to the distributions of typical states, which are kept, too; as many games
    // at a time as one batch has room for.
    void fit_books(Run &run) {
        const std::vector<uint32_t> typical = Sport::typical(tables_);
        std::vector<uint32_t> games;
        for (uint32_t game = 0; game < books_.size(); ++game)
            if (!books_[game]->fitted()) games.push_back(game);
        const size_t most = std::max<size_t>(1, run.options.batch_rows / typical.size());
        for (size_t first = 0; first < games.size(); first += most)
            fit_books(run, typical, std::span(games).subspan(first, std::min(most, games.size() - first)));
    }

    void fit_books(Run &run, std::span<const uint32_t> typical, std::span<const uint32_t> games) {
        const size_t width = tables_.layout.output_width();
        std::vector<Missing> missing;
        for (const uint32_t game : games)
            for (const uint32_t bucket : typical) missing.push_back({game, bucket});
        std::vector<float> rows;
        rows.reserve(missing.size() * width);
        ask_for(run, missing, [&](std::span<const Missing> asked, const float *probabilities) {
            rows.insert(rows.end(), probabilities, probabilities + asked.size() * width);
        });
        for_each_block(games.size(), run.options.threads, [&](size_t i, size_t) {
            books_[games[i]]->fit(tables_, typical, &rows[i * typical.size() * width]);
        });
        store(run, missing, rows.data());
    }

    // Asks the callback for buckets, at most batch_rows at a time, and hands over what it answers; a batch is asked for
    // before the one before it is taken in.
    template <class Take>
    void ask_for(Run &run, std::span<const Missing> buckets, Take take) {
        const size_t most = std::min<size_t>(buckets.size(), run.options.batch_rows);
        std::span<const Missing> rows[2];
        const auto taken = [&](size_t number) {
            Batch &batch = batches_[number % 2];
            receive(run, batch);
            take(rows[number % 2], batch.probabilities.data());
        };
        const size_t batches = buckets.empty() ? 0 : (buckets.size() + most - 1) / most;
        for (size_t number = 0; number < batches; ++number) {
            Batch &batch = batches_[number % 2];
            rows[number % 2] = buckets.subspan(number * most, std::min(most, buckets.size() - number * most));
            batch.resize(rows[number % 2].size(), tables_.layout.output_width());
            for (size_t i = 0; i < batch.rows; ++i)
                tables_.describe(rows[number % 2][i].game, rows[number % 2][i].bucket, batch.descriptor(i));
            ask(run, batch);
            if (number > 0) taken(number - 1);
        }
        if (batches > 0) taken(batches - 1);
    }

    void ask(Run &run, Batch &batch) {
        // NaN marks what the callback leaves unwritten, so that it is refused and never played.
        std::fill(batch.probabilities.begin(), batch.probabilities.end(), std::nanf(""));
        batch.in_flight = true;  // even where it fails: what it began may still write
        ++run.report.callbacks;
        call(run, [&] {
            return run.callback.infer(run.callback.user, number_of(batch), static_cast<int64_t>(batch.rows),
                                      batch.descriptors.data(), batch.probabilities.data());
        });
    }

    // Waits for a batch, and refuses what are no distributions.
    void receive(Run &run, Batch &batch) {
        batch.in_flight = false;
        call(run, [&] { return run.callback.wait(run.callback.user, number_of(batch)); });
        for (size_t row = 0; row < batch.rows; ++row) {
            const int bad = tables_.layout.bad_head(&batch.probabilities[row * tables_.layout.output_width()]);
            if (bad >= 0) refuse(batch, row, bad);
        }
    }

    template <class Function>
    void call(Run &run, Function function) const {
        const auto start = Clock::now();
        const int code = function();
        run.report.callback_seconds += seconds_since(start);
        if (stop_.load(std::memory_order_relaxed)) throw Stopped();
        if (code != 0) throw CallbackFailed();
    }

    // After a failure: what is in flight writes to the batches' memory until it has been waited for.
    void land(const Callback &callback) {
        for (Batch &batch : batches_)
            if (std::exchange(batch.in_flight, false)) callback.wait(callback.user, number_of(batch));
    }

    int32_t number_of(const Batch &batch) const { return static_cast<int32_t>(&batch - batches_); }

    void store(const Run &run, std::span<const Missing> rows, const float *probabilities) {
        std::vector<uint16_t *> records;
        for (const Missing &row : rows) {
            Cache &cache = caches_[row.game];
            records.push_back(cache.record(cache.add(row.bucket)));
        }
        for_each_block((rows.size() + kRows - 1) / kRows, run.options.threads, [&](size_t block, size_t) {
            for (size_t i = block * kRows; i < std::min(rows.size(), (block + 1) * kRows); ++i)
                books_[rows[i].game]->pack(tables_.side_of(rows[i].bucket), probabilities + i * tables_.layout.output_width(), records[i]);
        });
    }

    [[noreturn]] void refuse(Batch &batch, size_t row, int head) const {
        std::string text = "head " + tables_.layout.name(head) + " of bucket (";
        for (int i = 0; i < Sport::kDescriptorWidth; ++i)
            text += (i ? ", " : "") + std::to_string(batch.descriptor(row)[i]);
        throw Error(text + ") has probabilities that are negative, not numbers, or do not sum to 1");
    }

    Sport::Tables tables_;
    std::vector<Cache> caches_;  // by game
    std::vector<std::unique_ptr<Books>> books_;
    Batch batches_[2];
};

}  // namespace engine
