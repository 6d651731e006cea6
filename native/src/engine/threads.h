// Work over numbered blocks by a few threads. Which thread takes a block never shows in a result.
#pragma once

#include <algorithm>
#include <atomic>
#include <ctime>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

namespace engine {

// Calls work(block, thread) for each block, threads numbered from 0; the first exception is raised after all have ended.
template <class Work>
void for_each_block(size_t blocks, int threads, Work work) {
    std::atomic<size_t> next{0};
    std::exception_ptr failure;
    std::mutex failure_lock;
    const auto loop = [&](size_t thread) {
        try {
            for (size_t block = next++; block < blocks; block = next++) work(block, thread);
        } catch (...) {
            next = blocks;
            const std::scoped_lock guard(failure_lock);
            if (!failure) failure = std::current_exception();
        }
    };
    std::vector<std::jthread> pool;
    for (size_t i = 1; i < std::min<size_t>(threads, blocks); ++i) pool.emplace_back(loop, i);
    loop(0);
    pool.clear();
    if (failure) std::rethrow_exception(failure);
}

// CPU seconds of the calling thread so far.
inline double thread_seconds() {
    timespec now{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

}  // namespace engine
