// Layout of a distribution record: where each head's groups lie in the network's output row and in the
// compact 16-bit record, and how a class is drawn from it.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

#include "rng.h"
#include "simulator.h"

namespace engine {

constexpr int kPad = 8;  // thresholds a group is padded to: one 128-bit register

// One categorical distribution of an output row.
struct Group {
    int head;
    int source;  // first column in the output row
    int target;  // first threshold in the record
    int classes;
};

class Layout {
  public:
    // Table heads: (groups, classes) of every head in the order of the output row.
    explicit Layout(const NamedTables &tables) : names_(tables.heads()) {
        const auto shape = tables.at("heads", 2 * names_.size());
        for (size_t head = 0; head < shape.size() / 2; ++head) {
            const int groups = static_cast<int>(shape[2 * head]), classes = static_cast<int>(shape[2 * head + 1]);
            first_.push_back(static_cast<int>(groups_.size()));
            for (int i = 0; i < groups; ++i) {
                groups_.push_back({static_cast<int>(head), output_width_, record_width_, classes});
                output_width_ += classes;
                record_width_ += (classes + kPad - 1) / kPad * kPad;
            }
        }
    }

    int heads() const { return static_cast<int>(first_.size()); }
    const std::string &name(int head) const { return names_[head]; }
    int output_width() const { return output_width_; }
    int record_width() const { return record_width_; }
    const std::vector<Group> &groups() const { return groups_; }
    const Group &group(int head, int index = 0) const { return groups_[first_[head] + index]; }
    size_t groups_of(int head) const {
        return static_cast<size_t>(std::count_if(groups_.begin(), groups_.end(), [&](const Group &g) { return g.head == head; }));
    }

    // Writes a row's record; returns the head whose probabilities are unusable, or -1.
    int quantise(const float *row, uint16_t *record) const {
        for (const Group &group : groups_) {
            double sum = 0;
            for (int i = 0; i < group.classes; ++i) {
                const float p = row[group.source + i];
                if (!(p >= 0.0f)) return group.head;  // also catches NaN
                sum += p;
            }
            if (!(std::fabs(sum - 1.0) <= 1e-3)) return group.head;
            quantise_group(row + group.source, group.classes, sum, record + group.target);
        }
        return -1;
    }

  private:
    // Dividing by the sum removes float rounding only: sums off by more than 1e-3 were refused before.
    static void quantise_group(const float *row, int classes, double sum, uint16_t *out) {
        double cumulative = 0;
        for (int i = 0; i < (classes + kPad - 1) / kPad * kPad; ++i) {
            if (i < classes) cumulative += row[i] / sum;
            const double threshold = i >= classes - 1 ? kDrawEnd : std::lround(cumulative * kDrawEnd);
            out[i] = static_cast<uint16_t>(threshold < kDrawEnd ? threshold : kDrawEnd);
        }
    }

    std::vector<std::string> names_;
    std::vector<int> first_;
    std::vector<Group> groups_;
    int output_width_ = 0;
    int record_width_ = 0;
};

// The class of `group` drawn by inverse transform: how many thresholds lie at or below `draw`.
inline int sample(const uint16_t *record, const Group &group, uint32_t draw) {
    const uint16_t *thresholds = record + group.target;
    int below = 0;
    for (int start = 0; start < group.classes; start += kPad)
        for (int i = 0; i < kPad; ++i) below += thresholds[start + i] <= draw;
    return below;
}

}  // namespace engine
