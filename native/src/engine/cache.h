// The distributions met so far: a dense table from bucket to record, filled between rounds only, so that
// lanes read it without locks.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "layout.h"

namespace engine {

class Cache {
  public:
    Cache(const Layout &layout, size_t buckets) : width_(layout.record_width()), slots_(buckets, kMissing) {}

    // The bucket's record, or null when the network has not been asked yet.
    const uint16_t *find(uint32_t bucket) const {
        const uint32_t slot = slots_[bucket];
        return slot == kMissing ? nullptr : chunks_[slot / kChunk].get() + size_t{slot % kChunk} * width_;
    }

    // Room for the bucket's record; not visible to `find` before `publish`.
    uint16_t *reserve() {
        if (records_ % kChunk == 0 && records_ / kChunk == chunks_.size())
            chunks_.push_back(std::make_unique<uint16_t[]>(kChunk * width_));
        return chunks_[records_ / kChunk].get() + (records_ % kChunk) * width_;
    }

    void publish(uint32_t bucket) { slots_[bucket] = static_cast<uint32_t>(records_++); }

    size_t records() const { return records_; }

  private:
    static constexpr uint32_t kMissing = UINT32_MAX;
    static constexpr size_t kChunk = 4096;
    size_t width_;
    size_t records_ = 0;
    std::vector<uint32_t> slots_;
    std::vector<std::unique_ptr<uint16_t[]>> chunks_;
};

}  // namespace engine
