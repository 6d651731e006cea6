// What the C interface sees of an engine: a run's options, outputs and report, and the errors it raises.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <vector>

extern "C" {
#include "sports_engine.h"
}

#include "../check.h"

namespace engine {

// Bytes past the end of what vectors read: they read whole words, and use what they need.
constexpr size_t kOverread = 64;

// The caller asked the run to stop.
struct Stopped : std::exception {};
// The callback reported a failure that it has stored itself.
struct CallbackFailed : std::exception {};

// Tables by name and the names of the heads, as handed over by the caller.
class NamedTables {
  public:
    explicit NamedTables(const std::string &heads) {
        for (size_t start = 0; start <= heads.size();) {
            const size_t end = std::min(heads.find(',', start), heads.size());
            heads_.push_back(heads.substr(start, end - start));
            start = end + 1;
        }
    }

    const std::vector<std::string> &heads() const { return heads_; }

    void add(const std::string &name, std::span<const double> values) { tables_[name] = values; }

    // The table `name`; an error when it is missing or is not `size` long (0: any length).
    std::span<const double> at(const std::string &name, size_t size = 0) const {
        const auto found = tables_.find(name);
        if (found == tables_.end()) throw Error("table " + name + " is missing");
        if (size != 0 && found->second.size() != size)
            throw Error("table " + name + " has " + std::to_string(found->second.size()) + " values instead of " +
                        std::to_string(size));
        return found->second;
    }

    // As `at`, each value from `low` to `high`.
    std::span<const double> between(const std::string &name, double low, double high, size_t size = 0) const {
        return checked(name, low, high, size, false);
    }

    // As `between`, whole numbers.
    template <class Out>
    std::vector<Out> whole(const std::string &name, double low, double high, size_t size = 0) const {
        const auto values = checked(name, low, high, size, true);
        return {values.begin(), values.end()};
    }

  private:
    std::span<const double> checked(const std::string &name, double low, double high, size_t size, bool whole) const {
        const auto values = at(name, size);
        for (size_t i = 0; i < values.size(); ++i) need_value(name, i, values[i], low, high, whole);
        return values;
    }

    std::vector<std::string> heads_;
    std::map<std::string, std::span<const double>> tables_;
};

struct Callback {
    se_infer infer;
    se_wait wait;
    void *user;
};

class Simulator {
  public:
    virtual ~Simulator() = default;
    virtual void run(const se_options &, Callback, const se_outputs &, se_report &) = 0;
    virtual void tables(int64_t game, int64_t bucket, uint16_t *entries) const = 0;
    virtual void measure(const se_options &, int64_t game, int repeats, se_limits &) = 0;
    virtual int64_t width(int what) const = 0;
    void stop() { stop_.store(true, std::memory_order_relaxed); }

  protected:
    std::atomic<bool> stop_{false};
};

}  // namespace engine
