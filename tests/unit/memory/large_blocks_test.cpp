#include "adapters/memory/large_blocks.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdio>
#include <cstring>
#include <memory>
#include <new>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace hts::memory {
namespace {

constexpr std::size_t large = std::size_t{40} << 20U;

/// Bytes of the process that are in memory.
std::size_t resident_bytes() {
  std::size_t size = 0;
  std::size_t resident = 0;
  const std::unique_ptr<FILE, int (*)(FILE*)> file{std::fopen("/proc/self/statm", "r"),
                                                   &std::fclose};
  if (file == nullptr || std::fscanf(file.get(), "%zu %zu", &size, &resident) != 2) return 0;
  return resident * 4096;
}

TEST(LargeBlocks, what_is_given_back_can_be_taken_again_with_any_content) {
  release_large_blocks_aside();
  release_large_blocks_aside();
  for (int round = 0; round < 50; ++round) {
    std::vector<char> column(large, static_cast<char>(round));
    std::string document(large, 'x');
    auto* raw = static_cast<char*>(::operator new(large));
    std::memset(raw, round, large / 8);
    EXPECT_EQ(column.front(), static_cast<char>(round));
    EXPECT_EQ(column.back(), static_cast<char>(round));
    EXPECT_EQ(document[large - 1], 'x');
    ::operator delete(raw);
  }
}

TEST(LargeBlocks, memory_that_is_taken_and_given_back_does_not_pile_up) {
  release_large_blocks_aside();
  const std::size_t before = resident_bytes();
  if (before == 0) GTEST_SKIP() << "This system does not tell how much memory a process has.";
  std::size_t most = 0;
  for (int round = 0; round < 100; ++round) {
    const std::vector<char> column(large, 'x');
    most = std::max(most, resident_bytes());
  }
  // What may wait, the block in use and the one being given back, and room for the sanitizers'.
  EXPECT_LT(most, before + (std::size_t{1} << 30U));
}

TEST(LargeBlocks, small_blocks_and_nothing_are_freed_as_ever) {
  release_large_blocks_aside();
  ::operator delete(nullptr);
  ::operator delete(nullptr, std::size_t{large});
  void* const empty = ::operator new(0);
  EXPECT_NE(empty, nullptr);
  ::operator delete(empty);
  EXPECT_EQ(std::vector<int>(1'000, 7).back(), 7);
}

// The sanitizers end the program instead.
#if !defined(HTS_ADDRESS_SANITIZER) && !defined(HTS_THREAD_SANITIZER)
TEST(LargeBlocks, too_much_memory_is_refused_as_ever) {
  release_large_blocks_aside();
  volatile std::size_t most = std::size_t{1} << 62U;
  EXPECT_EQ(::operator new(most, std::nothrow), nullptr);
}
#endif

}  // namespace
}  // namespace hts::memory
