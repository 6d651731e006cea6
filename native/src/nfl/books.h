// What the codes of a game's records stand for.
#pragma once

#include <array>
#include <memory>
#include <utility>

#include "../engine/cache.h"
#include "likelihoods.h"
#include "usage.h"

namespace nfl {

// Squared Hellinger distance up to which a typical distribution stands for another: of one that every snap draws from, and
// of one that hardly any does. In between the distance times the share of the snaps that draw from it is bounded.
constexpr double kTolerance = 0.002, kMostTolerance = 0.05;

// The books of a game's two sides.
class Books {
  public:
    explicit Books(const engine::Layout &layout) : layout_(layout), entries_(2 * kSideEntries * sizeof(uint16_t) + engine::kOverread) {}

    bool fitted() const { return !books_.empty(); }

    // `rows`: the network's output rows of typical buckets.
    void fit(const Tables &tables, std::span<const uint32_t> buckets, const float *rows) {
        std::vector<const float *> of_side[2];
        for (size_t i = 0; i < buckets.size(); ++i)
            of_side[tables.side_of(buckets[i])].push_back(rows + i * layout_.output_width());
        for (size_t side = 0; side < 2; ++side)
            each_group([&](const Coded &kind, int group, Head head) {
                const int classes = head == kHeadTargetPass ? (kReceivers + 1) * kDepths : layout_.group(head).classes;
                const size_t start = side * kSideEntries + kind.start + group * kind.book_entries();
                books_.push_back(std::make_unique<Codebook>(entries() + start, kind.bits, classes, kTolerance, encoding(head)));
                std::vector<std::array<float, engine::kMostOutcomes>> samples(of_side[side].size());
                std::vector<const float *> pointers;
                pointers.reserve(samples.size());
                for (size_t i = 0; i < samples.size(); ++i)
                    pointers.push_back(distribution(of_side[side][i], head, group, samples[i].data()));
                books_.back()->fit(pointers);
            });
    }

    // `row`: the network's output row, whose heads are distributions. Safe from several threads.
    void pack(int side, const float *row, uint16_t *record) {
        float joint[engine::kMostOutcomes];
        const Likelihoods likely = likelihoods(layout_, row);
        each_group([&](const Coded &kind, int group, Head head) {
            const int code = kind.first + group;
            const double tolerance = std::min(kTolerance / likely[code], kMostTolerance);
            record[code] = books_[side * size_t{kCodes} + code]->code(distribution(row, head, group, joint), tolerance);
        });
        double types[kFormations * kMostTypes] = {};
        multiply(row, kHeadFormation, kHeadType, kMostTypes, types);
        for (int i = 0; i < kTypes.slots(); ++i) types[i] += types[i + kTypes.slots()];  // with a huddle and without one
        engine::build_alias(types, kTypes.bits, record + kTypes.start);
    }

    const uint16_t *entries() const { return static_cast<const uint16_t *>(entries_.memory()); }

    // The table of a record's group.
    const uint16_t *table(int side, const uint16_t *record, const Coded &kind, int group) const {
        return entries() + side * kSideEntries + kind.start + group * kind.book_entries() +
               (size_t{record[kind.first + group]} << kind.bits);
    }

    // Gives up what is not typical (Codebook::forget).
    void forget() {
        for (const auto &book : books_) book->forget();
    }

    // A record's tables one after another: play types, then every group in the order of the codes.
    void unpack(const Tables &tables, uint32_t bucket, const uint16_t *record, uint16_t *out) const {
        out = std::copy_n(record + kTypes.start, kTypes.slots(), out);
        each_group([&](const Coded &kind, int group, Head) {
            out = std::copy_n(table(tables.side_of(bucket), record, kind, group), 1 << kind.bits, out);
        });
    }

    // Distributions with an entry of their own.
    int64_t exact() const {
        int64_t sum = 0;
        for (const auto &book : books_) sum += book->exact();
        return sum;
    }

    size_t bytes() const {
        size_t sum = 0;
        for (const auto &book : books_) sum += book->bytes();
        return sum;
    }

  private:
    uint16_t *entries() { return static_cast<uint16_t *>(entries_.memory()); }

    static Codebook::Encode encoding(Head head) {
        return head == kHeadTargetPass ? encode_targets : head == kHeadTargetRun ? encode_rushers : engine::build_alias;
    }

    // In the order of the codes.
    template <class Visit>
    static void each_group(Visit visit) {
        constexpr std::pair<Coded, Head> kKinds[] = {
            {kPassTargets, kHeadTargetPass}, {kRunTargets, kHeadTargetRun}, {kPassResults, kHeadResultPass},
            {kRunResults, kHeadResultRun},   {kFieldGoals, kHeadFieldGoal}, {kPenalties, kHeadPenalty},
            {kYards, kHeadYards},            {kTimes, kHeadTime}};
        for (const auto &[kind, head] : kKinds)
            for (int group = 0; group < kind.groups; ++group) visit(kind, group, head);
    }

    // The group's probabilities: of the row itself, or of both heads together in `joint`.
    const float *distribution(const float *row, Head head, int group, float *joint) const {
        if (head != kHeadTargetPass) return row + layout_.group(head, group).source;
        multiply(row, kHeadTargetPass, kHeadDepth, kDepths, joint);
        return joint;
    }

    // Probabilities of a class of `head` and what follows from it by that class's group of `then`.
    template <class Number>
    void multiply(const float *row, Head head, Head then, int stride, Number *out) const {
        const engine::Group &first = layout_.group(head);
        for (int i = 0; i < first.classes; ++i) {
            const engine::Group &second = layout_.group(then, i);
            for (int j = 0; j < second.classes; ++j)
                out[i * stride + j] = Number{row[first.source + i]} * row[second.source + j];
        }
    }

    const engine::Layout &layout_;
    engine::Arena entries_;
    std::vector<std::unique_ptr<Codebook>> books_;  // [side, code]
};

}  // namespace nfl
