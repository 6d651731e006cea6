// Codes for distributions of one kind: a book of typical ones, and exact entries for those unlike all of these. Typical ones
// are the leaves of a tree over principal axes (tree-structured vector quantisation, Gersho & Gray 1992), fitted to square
// roots of probabilities, whose distance is Hellinger's. Which entry a distribution gets depends on itself alone.
#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <cmath>
#include <iterator>
#include <numeric>
#include <span>
#include <vector>

#include "alias.h"
#include "simulator.h"

namespace engine {

class Codebook {
  public:
    static constexpr int kDepth = 10, kMostLeaves = 1 << kDepth, kMostCodes = 1 << 16;

    // Writes the table of a distribution, given as weights [kMostOutcomes] of which those past its classes are nought.
    using Encode = void (*)(const double *weights, int bits, uint16_t *entries);

    // Entries lie at `entries`, room for kMostCodes tables of 2^bits slots. A leaf of typical distributions is not split
    // where all are as near to it as `tolerance`.
    Codebook(uint16_t *entries, int bits, int classes, double tolerance, Encode encode)
        : entries_(entries), bits_(bits), classes_(classes), stride_((classes + kLanes - 1) / kLanes * kLanes),
          tolerance_(static_cast<float>(tolerance)), encode_(encode), axes_(size_t{kAxes} * stride_) {}

    // `samples`: typical distributions, each [classes]; at least one.
    void fit(std::span<const float *const> samples) {
        const size_t count = samples.size();
        std::vector<float> roots(count * stride_);
        for (size_t i = 0; i < count; ++i)
            for (int k = 0; k < classes_; ++k) roots[i * stride_ + k] = std::sqrt(samples[i][k]);
        find_axes(roots, count);
        std::vector<Point> points(count);
        for (size_t i = 0; i < count; ++i) points[i] = project(&roots[i * stride_]);
        std::vector<int> members(count);
        std::iota(members.begin(), members.end(), 0);
        split(0, members, roots, points, samples);
        leaf_count_ = static_cast<int>(leaves_.size()) / stride_;
        next_ = leaf_count_;
    }

    // The code of a distribution [classes], which gets an entry of its own if its squared Hellinger distance to its leaf is
    // above `tolerance`. Safe from several threads.
    uint16_t code(const float *p, double tolerance) {
        float roots[kMostOutcomes] = {};
        for (int k = 0; k < classes_; ++k) roots[k] = std::sqrt(p[k]);
        const int leaf = descend(project(roots));
        return sum(roots, root(leaf), difference_to_kept) / 2 <= tolerance ? static_cast<uint16_t>(leaf) : append(p);
    }

    // Gives up the entries that were not typical: no record may have their codes any more.
    void forget() { next_ = leaf_count_; }

    int exact() const { return next_.load() - leaf_count_; }
    size_t bytes() const {
        return sizeof *this + (size_t(next_.load()) << bits_) * sizeof(uint16_t) + leaves_.size() * sizeof leaves_[0] +
               nodes_.size() * sizeof nodes_[0] + axes_.size() * sizeof axes_[0];
    }

  private:
    static constexpr int kAxes = 6, kAxesSamples = 512, kPowerSteps = 20, kLanes = 8;
    using Point = std::array<float, kAxes>;

    // Below and from the threshold on: another node, or ~leaf.
    struct Node {
        float threshold = 0;
        int16_t axis = 0, next[2] = {};
    };

    // Directions of the largest variance, by power iteration on the covariance of samples spread over all.
    void find_axes(const std::vector<float> &roots, size_t count) {
        const int n = classes_;
        const size_t step = std::max<size_t>(1, count / kAxesSamples), used = (count + step - 1) / step;
        std::vector<double> mean(n), covariance(size_t(n) * n), deviation(n);
        for (size_t i = 0; i < count; i += step)
            for (int k = 0; k < n; ++k) mean[k] += roots[i * stride_ + k] / double(used);
        for (size_t i = 0; i < count; i += step) {
            for (int k = 0; k < n; ++k) deviation[k] = roots[i * stride_ + k] - mean[k];
            for (int k = 0; k < n; ++k)
                for (int m = 0; m < n; ++m) covariance[k * n + m] += deviation[k] * deviation[m];
        }
        for (auto axis = axes_.begin(); axis != axes_.end(); axis += stride_) {
            std::vector<double> direction(n);
            for (int k = 0; k < n; ++k) direction[k] = 1.0 + 0.5 * k;  // no symmetry that an axis could be orthogonal to
            const double variance = iterate(covariance, direction);
            for (int k = 0; k < n; ++k) {
                axis[k] = static_cast<float>(direction[k]);
                for (int m = 0; m < n; ++m) covariance[k * n + m] -= variance * direction[k] * direction[m];
            }
        }
    }

    // Turns `direction` into the leading eigenvector; its eigenvalue. Zero where nothing varies.
    static double iterate(const std::vector<double> &matrix, std::vector<double> &direction) {
        const size_t n = direction.size();
        double length = 0;
        for (int step = 0; step < kPowerSteps; ++step) {
            std::vector<double> next(n);
            for (size_t k = 0; k < n; ++k)
                for (size_t m = 0; m < n; ++m) next[k] += matrix[k * n + m] * direction[m];
            length = std::sqrt(std::inner_product(next.begin(), next.end(), next.begin(), 0.0));
            for (size_t k = 0; k < n; ++k) direction[k] = length > 1e-12 ? next[k] / length : 0.0;
        }
        return length;
    }

    Point project(const float *roots) const {
        Point point{};
        for (int axis = 0; axis < kAxes; ++axis) point[axis] = sum(&axes_[size_t(axis) * stride_], roots, product);
        return point;
    }

    int descend(const Point &point) const {
        int next = nodes_.empty() ? ~0 : 0;
        while (next >= 0) {
            const Node &node = nodes_[next];
            next = node.next[point[node.axis] >= node.threshold];
        }
        return ~next;
    }

    // Halves samples, unless one distribution can stand for them all; the node's number, or ~leaf. Leaves below a node follow
    // one another.
    int16_t split(int depth, std::span<int> members, const std::vector<float> &roots, const std::vector<Point> &points,
               std::span<const float *const> samples) {
        const std::vector<double> mean = mean_of(members, samples);
        std::vector<float> middle_root(stride_);
        for (int k = 0; k < classes_; ++k) middle_root[k] = static_cast<float>(std::sqrt(mean[k]));
        const auto near = [&](int i) { return 2 * sum(&roots[size_t(i) * stride_], middle_root.data(), squared_difference) <= tolerance_; };
        const auto stop = [&] {
            const int leaf = static_cast<int>(leaves_.size()) / stride_;
            std::transform(middle_root.begin(), middle_root.end(), std::back_inserter(leaves_), kept);
            write(leaf, mean.data());
            return static_cast<int16_t>(~leaf);
        };
        if (depth == kDepth || std::all_of(members.begin(), members.end(), near)) return stop();
        const int axis = widest(members, points);
        std::sort(members.begin(), members.end(), [&](int a, int b) { return points[a][axis] < points[b][axis]; });
        const float least = points[members[0]][axis], middle = points[members[members.size() / 2]][axis];
        const auto from = [&](float value) {
            return std::find_if(members.begin(), members.end(), [&](int i) { return points[i][axis] >= value; });
        };
        const auto cut = middle > least ? from(middle) : from(std::nextafter(least, 2.0f));
        if (cut == members.end()) return stop();  // they differ in no axis
        const float threshold = points[*cut][axis];
        const size_t low = cut - members.begin();
        const auto node = static_cast<int16_t>(nodes_.size());
        nodes_.emplace_back();
        const int16_t below = split(depth + 1, members.first(low), roots, points, samples);
        const int16_t above = split(depth + 1, members.subspan(low), roots, points, samples);
        nodes_[node] = {threshold, static_cast<int16_t>(axis), {below, above}};
        return node;
    }

    static int widest(std::span<const int> members, const std::vector<Point> &points) {
        int widest = 0;
        float most = -1;
        for (int axis = 0; axis < kAxes; ++axis) {
            float low = points[members[0]][axis], high = low;
            for (const int i : members) low = std::min(low, points[i][axis]), high = std::max(high, points[i][axis]);
            if (high - low > most) most = high - low, widest = axis;
        }
        return widest;
    }

    std::vector<double> mean_of(std::span<const int> members, std::span<const float *const> samples) const {
        std::vector<double> mean(classes_);
        for (const int i : members)
            for (int k = 0; k < classes_; ++k) mean[k] += samples[i][k] / double(members.size());
        return mean;
    }

    const uint16_t *root(int leaf) const { return &leaves_[size_t(leaf) * stride_]; }

    // Square roots of typical probabilities are kept in parts of their largest.
    static constexpr float kRootParts = UINT16_MAX;
    static uint16_t kept(float root) { return static_cast<uint16_t>(std::lround(root * kRootParts)); }
    static float difference_to_kept(float a, uint16_t b) { return squared_difference(a, static_cast<float>(b) * (1 / kRootParts)); }

    static float product(float a, float b) { return a * b; }
    static float squared_difference(float a, float b) { return (a - b) * (a - b); }

    // Sum over classes in a fixed order that vectors can keep.
    template <class Number, class Term>
    float sum(const float *a, const Number *b, Term term) const {
        float parts[kLanes] = {};
        for (int k = 0; k < stride_; k += kLanes)
            for (int lane = 0; lane < kLanes; ++lane) parts[lane] += term(a[k + lane], b[k + lane]);
        return std::accumulate(parts, parts + kLanes, 0.0f);
    }

    uint16_t append(const float *p) {
        const int code = next_.fetch_add(1);
        if (code >= kMostCodes)
            throw Error("more than " + std::to_string(kMostCodes) + " distributions of one kind: the model's vary too much by state");
        write(code, p);
        return static_cast<uint16_t>(code);
    }

    template <class Weights>
    void write(int code, const Weights &weights) {
        double padded[kMostOutcomes] = {};
        std::copy_n(weights, classes_, padded);
        encode_(padded, bits_, entries_ + (size_t(code) << bits_));
    }

    uint16_t *entries_;
    int bits_, classes_, stride_;
    float tolerance_;
    Encode encode_;
    std::vector<float> axes_;  // [kAxes, stride_]
    std::vector<Node> nodes_;
    std::vector<uint16_t> leaves_;  // square roots [leaf_count_, stride_]
    int leaf_count_ = 0;
    std::atomic<int> next_{0};
};

}  // namespace engine
