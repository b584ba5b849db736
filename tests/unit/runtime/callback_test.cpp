#include "engine/runtime/callback.hpp"

#include <array>
#include <memory>

#include <gtest/gtest.h>

namespace hts::runtime {
namespace {

TEST(callback, small_and_large_callables_are_called_moved_and_destroyed) {
  auto token = std::make_shared<int>(0);
  const auto check = [&](auto callable) {
    Callback first(std::move(callable));
    EXPECT_EQ(token.use_count(), 2);
    Callback second(std::move(first));
    EXPECT_FALSE(first);  // NOLINT(bugprone-use-after-move): an empty callback is promised
    EXPECT_EQ(token.use_count(), 2);
    second();
    first = std::move(second);
    first();
    first.reset();
    EXPECT_FALSE(first);
    EXPECT_EQ(token.use_count(), 1);
  };
  check([token] { ++*token; });
  check([token, ballast = std::array<char, 200>{}] { *token += 1 + ballast[0]; });
  EXPECT_EQ(*token, 4);
}

TEST(callback, it_holds_what_cannot_be_copied) {
  int seen = 0;
  Callback callback([owned = std::make_unique<int>(7), &seen] { seen = *owned; });
  callback();
  EXPECT_EQ(seen, 7);
}

TEST(callback, assigning_over_one_destroys_what_it_held) {
  auto token = std::make_shared<int>(0);
  Callback callback([token] {});
  callback = Callback([] {});
  EXPECT_EQ(token.use_count(), 1);
}

}  // namespace
}  // namespace hts::runtime
