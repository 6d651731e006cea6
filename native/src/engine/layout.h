// Layout of the network's output row: where each head's groups lie in it, and whether a row's numbers are distributions.
#pragma once

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "simulator.h"

namespace engine {

// One categorical distribution of an output row.
struct Group {
    int head;
    int source;  // first column
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
                groups_.push_back({static_cast<int>(head), output_width_, classes});
                output_width_ += classes;
            }
        }
    }

    int heads() const { return static_cast<int>(first_.size()); }
    const std::string &name(int head) const { return names_[head]; }
    int output_width() const { return output_width_; }
    const Group &group(int head, int index = 0) const { return groups_[first_[head] + index]; }
    int groups_of(int head) const {
        return static_cast<int>(std::count_if(groups_.begin(), groups_.end(), [&](const Group &g) { return g.head == head; }));
    }

    // The head whose probabilities are unusable, or -1. Sums may be off by the rounding of floats.
    int bad_head(const float *row) const {
        for (const Group &group : groups_) {
            float sum = 0;
            bool sound = true;
            for (int i = group.source; i < group.source + group.classes; ++i) {
                sound &= row[i] >= 0.0f;  // not so for NaN either
                sum += row[i];
            }
            if (!sound || !(std::fabs(sum - 1.0f) <= 1e-3f)) return group.head;
        }
        return -1;
    }

  private:
    std::vector<std::string> names_;
    std::vector<int> first_;
    std::vector<Group> groups_;
    int output_width_ = 0;
};

}  // namespace engine
