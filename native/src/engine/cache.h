// The distributions met so far, by game: a dense table from bucket to slot, and the slots' records one after another.
// Filled between rounds only, so that lanes read it without locks.
#pragma once

#include <sys/mman.h>

#include <cstdint>
#include <utility>
#include <vector>

#include "simulator.h"

namespace engine {

// Zeroed memory that takes room only where it is written, so that what grows never moves.
class Arena {
  public:
    enum class Pages { kSmall, kHuge };  // huge ones need fewer page walks, and are the worse for what is scattered

    explicit Arena(size_t bytes, Pages pages = Pages::kSmall) : bytes_(bytes) {
        memory_ = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
        if (memory_ == MAP_FAILED) throw Error("no address space for " + std::to_string(bytes) + " bytes of distributions");
        if (pages == Pages::kHuge) madvise(memory_, bytes, MADV_HUGEPAGE);  // a wish: a kernel may have none
    }
    Arena(Arena &&other) noexcept : memory_(other.memory_), bytes_(other.bytes_) { other.memory_ = MAP_FAILED; }
    Arena &operator=(Arena &&other) noexcept {
        std::swap(memory_, other.memory_), std::swap(bytes_, other.bytes_);
        return *this;
    }
    ~Arena() {
        if (memory_ != MAP_FAILED) munmap(memory_, bytes_);
    }

    void *memory() const { return memory_; }

  private:
    void *memory_;
    size_t bytes_;
};

class Cache {
  public:
    static constexpr int32_t kMissing = -1;

    // `width`: entries of a record.
    Cache(size_t buckets, int width)
        : width_(width), slots_(buckets, kMissing), records_(buckets * width * sizeof(uint16_t) + kOverread, Arena::Pages::kHuge) {}

    const int32_t *slots() const { return slots_.data(); }
    uint16_t *record(size_t slot) const { return static_cast<uint16_t *>(records_.memory()) + slot * width_; }

    // The slot of the bucket's record, which is to be written before it is read.
    size_t add(uint32_t bucket) {
        slots_[bucket] = static_cast<int32_t>(used_);
        return used_++;
    }

    size_t used() const { return used_; }
    size_t bytes() const { return used_ * width_ * sizeof(uint16_t) + slots_.size() * sizeof slots_[0]; }

  private:
    size_t width_;
    size_t used_ = 0;
    std::vector<int32_t> slots_;
    Arena records_;
};

}  // namespace engine
