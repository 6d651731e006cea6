// The nodes of the axes of a state (buckets.yaml), and the numbers of the buckets that they make.
#pragma once

#include <algorithm>
#include <numeric>
#include <vector>

#include "../engine/simulator.h"
#include "state.h"

namespace nfl {

constexpr int kMaxMargin = 60;  // larger leads are played as this one
constexpr int kMargins = 2 * kMaxMargin + 1;
constexpr int kHalfSeconds = 1800;
constexpr int kYardsOfField = 100;
constexpr int kDowns = 4;
constexpr int64_t kMostBuckets = 1 << 21;  // of a side: entries of their records are counted in 32 bits

// Where the values of a state lie among the nodes of its axes, in kPlaceParts of the way from node to node. A bucket's
// number counts side, clock, down, margin, distance and yard line, the last the innermost; each clock and down has as many
// as its own nodes make.
class Nodes {
  public:
    static constexpr int kPlaceBits = 4, kPlaceParts = 1 << kPlaceBits;
    static constexpr int kGoal = kYardsOfField - 1;  // yards to go of a goal to go, which are the yard line's

    explicit Nodes(const engine::NamedTables &named) {
        const auto margins = named.whole<int32_t>("margin_counts", 1, INT8_MAX);
        if (margins.empty()) throw engine::Error("table margin_counts is empty: needed a node of the clock");
        const auto spots = named.whole<int32_t>("spot_nodes", 0, INT8_MAX, margins.size());
        const size_t rows = (size_t{1} + *std::max_element(spots.begin(), spots.end())) * kDowns;
        const auto distances = named.whole<int32_t>("distance_counts", 1, kYardsOfField, rows);
        const auto yardlines = named.whole<int32_t>("yardline_counts", 1, kYardsOfField, rows);
        number(margins, spots, distances, yardlines);
        clock = places(named, "clock_places", kHalves * (kHalfSeconds + 1), {static_cast<int32_t>(margins.size())});
        margin = places(named, "margin_places", kMargins, margins);
        distance = places(named, "distance_places", kYardsOfField, distances);
        yardline = places(named, "yardline_places", kYardsOfField, yardlines);
        read_lines(named, yardlines);
    }

    std::vector<uint16_t> clock;               // [half, seconds left]
    std::vector<uint16_t> margin;              // [node of the clock, margin from -kMaxMargin on]
    std::vector<uint16_t> distance, yardline;  // [row, yards], a row for each down of each set of spots
    std::vector<uint16_t> lines;               // [row, node]: its yard line; room for kYardsOfField nodes in each
    std::vector<int32_t> starts;               // [node of the clock, down]: its first bucket
    std::vector<int32_t> shapes;               // [node of the clock, down]: (nodes of yard line, of distance, row), 8, 8 and 16 bits
    int32_t side_buckets = 0;

    // The bucket of a state, each value taken to the nearest node.
    int32_t nearest(const Lane &lane) const {
        const auto node = [](const std::vector<uint16_t> &places, int at) { return (places[at] + kPlaceParts / 2) >> kPlaceBits; };
        const int in_half = node(clock, lane.half * (kHalfSeconds + 1) + lane.clock), at = in_half * kDowns + lane.down - 1;
        const int lead = std::clamp<int>(lane.margin(lane.offence), -kMaxMargin, kMaxMargin) + kMaxMargin;
        const int yards = (shapes[at] & 0xFFFF) * kYardsOfField;
        int32_t index = node(margin, in_half * kMargins + lead);
        index = index * distances(at) + node(distance, yards + (lane.to_go < lane.yardline ? lane.to_go : kGoal));
        index = index * yardlines(at) + node(yardline, yards + lane.yardline);
        return lane.offence * side_buckets + starts[at] + index;
    }

    // (side, down, then the nodes of distance, yard line, clock and margin)
    void describe(uint32_t bucket, int32_t *out) const {
        out[0] = static_cast<int32_t>(bucket) / side_buckets;
        int32_t index = static_cast<int32_t>(bucket) % side_buckets;
        const int at = static_cast<int>(std::upper_bound(starts.begin(), starts.end(), index) - starts.begin()) - 1;
        index -= starts[at];
        out[1] = at % kDowns + 1;
        out[3] = index % yardlines(at), index /= yardlines(at);
        out[2] = index % distances(at);
        out[5] = index / distances(at);
        out[4] = at / kDowns;
    }

    // The yards to the goal line of a bucket.
    int line(uint32_t bucket) const {
        int32_t of[6];
        describe(bucket, of);
        return lines[(shapes[of[4] * kDowns + of[1] - 1] & 0xFFFF) * kYardsOfField + of[3]];
    }

  private:
    int32_t distances(int at) const { return shapes[at] >> 16 & 0xFF; }
    int32_t yardlines(int at) const { return shapes[at] >> 24; }

    // A table of `width` places in each row, which has so many nodes.
    static std::vector<uint16_t> places(const engine::NamedTables &named, const char *name, size_t width, const std::vector<int32_t> &counts) {
        auto places = named.whole<uint16_t>(name, 0, INT8_MAX * kPlaceParts, counts.size() * width);
        for (size_t i = 0; i < places.size(); ++i)
            engine::need_value(name, i, places[i], 0, (counts[i / width] - 1.0) * kPlaceParts, true);
        places.resize(places.size() + engine::kOverread);
        return places;
    }

    void read_lines(const engine::NamedTables &named, const std::vector<int32_t> &counts) {
        const auto values = named.whole<uint16_t>("yardline_nodes", 0, kYardsOfField - 1, std::accumulate(counts.begin(), counts.end(), size_t{0}));
        lines.resize(counts.size() * kYardsOfField);
        auto next = values.begin();
        for (size_t row = 0; row < counts.size(); ++row, next += counts[row - 1])
            std::copy_n(next, counts[row], lines.begin() + row * kYardsOfField);
    }

    void number(const std::vector<int32_t> &margins, const std::vector<int32_t> &spots, const std::vector<int32_t> &distances,
                const std::vector<int32_t> &yardlines) {
        int64_t buckets = 0;
        for (size_t at = 0; at < margins.size() * kDowns; ++at) {
            const int32_t row = spots[at / kDowns] * kDowns + static_cast<int32_t>(at % kDowns);
            starts.push_back(static_cast<int32_t>(buckets));
            shapes.push_back(yardlines[row] << 24 | distances[row] << 16 | row);
            buckets += int64_t{margins[at / kDowns]} * distances[row] * yardlines[row];
            engine::need_between("the number of states that the counts of nodes make", buckets, 1, kMostBuckets);
        }
        side_buckets = static_cast<int32_t>(buckets);
    }
};

}  // namespace nfl
