// The nodes of the axes of a state (buckets.yaml), the cells that they make, and the buckets that cells are merged to.
#pragma once

#include <algorithm>
#include <vector>

#include "../engine/simulator.h"
#include "state.h"

namespace nfl {

constexpr int kMaxMargin = 60;  // larger leads are played as this one
constexpr int kMargins = 2 * kMaxMargin + 1;
constexpr int kHalfSeconds = 1800;
constexpr int kYardsOfField = 100;
constexpr int kDowns = 4;
constexpr int64_t kMostCells = 1 << 24;
constexpr int64_t kMostBuckets = 1 << 16;  // of a side
constexpr double kMostSnaps = 1000;        // of a game

// Where the values of a state lie among the nodes of its axes, in kPlaceParts of the way from node to node. A cell is a
// node of every axis; its number counts clock, down, margin, distance and yard line, the last the innermost; each clock and
// down has as many as its own nodes make. A bucket is cells that share their distributions, those of one of them.
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
        read_buckets(named);
    }

    std::vector<uint16_t> clock;               // [half, seconds left]
    std::vector<uint16_t> margin;              // [node of the clock, margin from -kMaxMargin on]
    std::vector<uint16_t> distance, yardline;  // [row, yards], a row for each down of each set of spots
    std::vector<int32_t> starts;               // [node of the clock, down]: its first cell
    std::vector<int32_t> shapes;               // [node of the clock, down]: (nodes of yard line, of distance, row), 8, 8 and 16 bits
    std::vector<uint16_t> buckets;             // [cell]
    std::vector<int32_t> bucket_cells;         // [bucket of a side]: the cell whose distributions it has
    std::vector<uint16_t> distances_asked;     // [1 + bucket of a game]: that cell's yards to go, nought for the goal; first of none
    int32_t side_buckets = 0;

    // (side, down, then the nodes of distance, yard line, clock and margin) of the cell that a bucket is asked about
    void describe(uint32_t bucket, int32_t *out) const {
        out[0] = static_cast<int32_t>(bucket) / side_buckets;
        int32_t index = bucket_cells[bucket % side_buckets];
        const int at = static_cast<int>(std::upper_bound(starts.begin(), starts.end(), index) - starts.begin()) - 1;
        index -= starts[at];
        out[1] = at % kDowns + 1;
        out[3] = index % yardlines(at), index /= yardlines(at);
        out[2] = index % distances(at);
        out[5] = index / distances(at);
        out[4] = at / kDowns;
    }

    // The yards to the goal line of that cell.
    int line(uint32_t bucket) const { return lines_[bucket % side_buckets]; }

    // How many snaps of a game are expected to fall to a bucket.
    float snaps(uint32_t bucket) const { return snaps_[bucket % side_buckets]; }

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

    void read_buckets(const engine::NamedTables &named) {
        bucket_cells = named.whole<int32_t>("bucket_cells", 0, cells_ - 1.0);
        const size_t count = bucket_cells.size();
        if (bucket_cells.empty()) throw engine::Error("table bucket_cells is empty: needed a bucket");
        engine::need_between("the number of buckets of a side", static_cast<int64_t>(count), 1, kMostBuckets);
        side_buckets = static_cast<int32_t>(count);
        lines_ = named.whole<uint8_t>("bucket_lines", 1, kYardsOfField - 1, count);
        const auto asked = named.whole<uint16_t>("bucket_distances", 0, kYardsOfField - 1, count);
        distances_asked.assign(1, 0);
        for (int side = 0; side < 2; ++side) distances_asked.insert(distances_asked.end(), asked.begin(), asked.end());
        distances_asked.resize(distances_asked.size() + engine::kOverread);
        const auto expected = named.between("bucket_snaps", 0, kMostSnaps, count);
        snaps_.assign(expected.begin(), expected.end());
        buckets = named.whole<uint16_t>("cell_buckets", 0, count - 1.0, cells_);
        buckets.resize(cells_ + engine::kOverread);
    }

    void number(const std::vector<int32_t> &margins, const std::vector<int32_t> &spots, const std::vector<int32_t> &distances,
                const std::vector<int32_t> &yardlines) {
        int64_t cells = 0;
        for (size_t at = 0; at < margins.size() * kDowns; ++at) {
            const int32_t row = spots[at / kDowns] * kDowns + static_cast<int32_t>(at % kDowns);
            starts.push_back(static_cast<int32_t>(cells));
            shapes.push_back(yardlines[row] << 24 | distances[row] << 16 | row);
            cells += int64_t{margins[at / kDowns]} * distances[row] * yardlines[row];
            engine::need_between("the number of states that the counts of nodes make", cells, 1, kMostCells);
        }
        cells_ = static_cast<size_t>(cells);
    }

    std::vector<uint8_t> lines_;  // [bucket of a side]
    std::vector<float> snaps_;    // [bucket of a side]
    size_t cells_ = 0;
};

}  // namespace nfl
