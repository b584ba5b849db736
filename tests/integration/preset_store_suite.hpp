#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "engine/ports/preset_store.hpp"
#include "side_samples.hpp"

/// What every implementation of ports::PresetStore must do. A test program of an adapter includes
/// this and instantiates `PresetStoreSuite` with a function that makes an empty store.
namespace hts::testing {

/// One set of presets; every store that it opens sees the same, as another process would.
class PresetPlace {
 public:
  virtual ~PresetPlace() = default;
  [[nodiscard]] virtual std::unique_ptr<ports::PresetStore> open() = 0;
};

class PresetStoreSuite
    : public ::testing::TestWithParam<std::function<std::unique_ptr<PresetPlace>()>> {
 protected:
  std::vector<std::string> names_of(std::uint64_t offset, std::uint64_t limit) {
    const auto page = store->list(offset, limit);
    std::vector<std::string> names;
    if (!page) {
      ADD_FAILURE() << page.error().message;
      return names;
    }
    for (const auto& preset : page->presets) names.push_back(preset.name);
    return names;
  }

  std::unique_ptr<PresetPlace> place = GetParam()();
  std::unique_ptr<ports::PresetStore> store = place->open();
};

TEST_P(PresetStoreSuite, a_created_preset_is_found_with_every_field) {
  const auto created = store->create(sample_preset("quiet"));
  ASSERT_TRUE(created) << created.error().message;
  const auto found = place->open()->find("quiet");
  ASSERT_TRUE(found) << found.error().message;
  EXPECT_EQ(*found, sample_preset("quiet"));
}

TEST_P(PresetStoreSuite, a_name_is_taken_once) {
  ASSERT_TRUE(store->create(sample_preset("quiet")));
  auto other = sample_preset("quiet");
  other.strategy = "sma_cross";
  const auto refused = store->create(other);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, result::ErrorCode::conflict);
  EXPECT_EQ(refused.error().field, "name");
  EXPECT_EQ(*store->find("quiet"), sample_preset("quiet"));
}

TEST_P(PresetStoreSuite, putting_makes_or_replaces) {
  ASSERT_TRUE(store->put(sample_preset("quiet")));
  auto changed = sample_preset("quiet");
  changed.strategy = "sma_cross";
  changed.parameters = "{}";
  changed.updated_at += std::chrono::seconds{1};
  ASSERT_TRUE(store->put(changed));
  EXPECT_EQ(*store->find("quiet"), changed);
  EXPECT_EQ(store->list(0, 10)->total, 1U);
}

TEST_P(PresetStoreSuite, what_is_not_there_is_not_found) {
  const auto missing = store->find("quiet");
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, result::ErrorCode::not_found);
  EXPECT_EQ(missing.error().field, "name");
  const auto removed = store->remove("quiet");
  ASSERT_FALSE(removed);
  EXPECT_EQ(removed.error().code, result::ErrorCode::not_found);
  EXPECT_TRUE(names_of(0, 10).empty());
}

TEST_P(PresetStoreSuite, a_removed_preset_is_gone) {
  ASSERT_TRUE(store->create(sample_preset("a")));
  ASSERT_TRUE(store->create(sample_preset("b")));
  ASSERT_TRUE(store->remove("a"));
  EXPECT_FALSE(store->find("a"));
  EXPECT_EQ(names_of(0, 10), (std::vector<std::string>{"b"}));
  EXPECT_TRUE(store->create(sample_preset("a")));
}

TEST_P(PresetStoreSuite, the_list_is_paged_by_the_bytes_of_the_names) {
  for (const char* name : {"b", "조용", "a", "B", "_x"}) {
    ASSERT_TRUE(store->create(sample_preset(name)));
  }
  EXPECT_EQ(names_of(0, 3), (std::vector<std::string>{"B", "_x", "a"}));
  EXPECT_EQ(names_of(3, 3), (std::vector<std::string>{"b", "조용"}));
  EXPECT_TRUE(names_of(5, 3).empty());
  EXPECT_EQ(names_of(0, UINT64_MAX).size(), 5U);
  EXPECT_EQ(store->list(9, 3)->total, 5U);
}

TEST_P(PresetStoreSuite,
       a_preset_without_a_name_or_with_other_parameters_than_an_object_is_refused) {
  for (const char* parameters : {"", "{", "[1]", "{\"a\":}"}) {
    auto preset = sample_preset("quiet");
    preset.parameters = parameters;
    for (const auto& refused : {store->create(preset), store->put(preset)}) {
      ASSERT_FALSE(refused);
      EXPECT_EQ(refused.error().code, result::ErrorCode::invalid);
      EXPECT_EQ(refused.error().field, "parameters");
    }
  }
  for (const auto& name : {std::string{}, std::string(101, 'x')}) {
    const auto refused = store->create(sample_preset(name));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().field, "name");
  }
  EXPECT_EQ(store->list(0, 1)->total, 0U);
}

}  // namespace hts::testing
