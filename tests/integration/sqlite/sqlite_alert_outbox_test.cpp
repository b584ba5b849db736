#include "adapters/sqlite/sqlite_alert_outbox.hpp"

#include <cerrno>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "../alert_outbox_suite.hpp"
#include "../disk_operations.hpp"
#include "../temporary_folder.hpp"
#include "adapters/simulation/simulated_disk.hpp"
#include "adapters/simulation/table_alert_outbox.hpp"

namespace hts::testing {
namespace {

using ports::AlertOutbox;
using simulation::SimulatedDisk;
using sqlite::SqliteAlertOutbox;

class FilePlace final : public AlertPlace {
 public:
  std::unique_ptr<AlertOutbox> open() override {
    auto outbox = SqliteAlertOutbox::open(folder_.path() / "new" / "live.sqlite");
    if (!outbox) throw std::runtime_error(outbox.error().message);
    return *std::move(outbox);
  }

 private:
  TemporaryFolder folder_;
};

INSTANTIATE_TEST_SUITE_P(Sqlite, AlertOutboxSuite,
                         ::testing::Values([] { return std::make_unique<FilePlace>(); }));

/// Passes every call on to what the place keeps.
class Borrowed final : public AlertOutbox {
 public:
  explicit Borrowed(AlertOutbox& below) : below_(below) {}
  result::Status add(const std::vector<ports::Alert>& alerts) override {
    return below_.add(alerts);
  }
  result::Result<std::vector<ports::Alert>> unrouted(std::uint64_t limit) override {
    return below_.unrouted(limit);
  }
  result::Status route(const std::vector<Route>& routes) override { return below_.route(routes); }
  result::Result<std::vector<ports::AlertDelivery>> due(const std::string& channel,
                                                        time::Timestamp now,
                                                        std::uint64_t limit) override {
    return below_.due(channel, now, limit);
  }
  result::Status settle(const std::vector<Outcome>& outcomes) override {
    return below_.settle(outcomes);
  }
  result::Result<Counts> counts() override { return below_.counts(); }
  result::Result<std::vector<ports::AlertDelivery>> waiting(std::uint64_t limit) override {
    return below_.waiting(limit);
  }
  result::Result<std::uint64_t> clean_up(time::Timestamp before, std::uint64_t most) override {
    return below_.clean_up(before, most);
  }

 private:
  AlertOutbox& below_;
};

class TablePlace final : public AlertPlace {
 public:
  std::unique_ptr<AlertOutbox> open() override { return std::make_unique<Borrowed>(table_); }

 private:
  simulation::TableAlertOutbox table_;
};

INSTANTIATE_TEST_SUITE_P(Table, AlertOutboxSuite,
                         ::testing::Values([] { return std::make_unique<TablePlace>(); }));

// --- on a simulated disk: power failures and errors at every operation ---

result::Result<std::unique_ptr<SqliteAlertOutbox>> open(
    const std::shared_ptr<SimulatedDisk>& disk) {
  return SqliteAlertOutbox::open(
      "/var/lib/hts/live.sqlite",
      std::make_shared<sqlite::DiskVfs>(
          disk, sqlite::DiskVfsSources{[] { return std::int64_t{1'700'000'000'000}; },
                                       [] { return std::uint64_t{7}; }}));
}

using Step = std::function<result::Status(AlertOutbox&)>;

std::vector<Step> steps() {
  return {
      [](AlertOutbox& outbox) { return outbox.add({sample_alert(1), sample_alert(2)}); },
      [](AlertOutbox& outbox) {
        return outbox.route({{sample_alert(1).id, {"slack", "email"}, alert_day},
                             {sample_alert(2).id, {"slack"}, alert_day}});
      },
      [](AlertOutbox& outbox) { return outbox.add({sample_alert(3), sample_alert(4)}); },
      [](AlertOutbox& outbox) {
        return outbox.settle(
            {{.number = 1, .is_over = true}, {.number = 3, .is_over = true, .hand_to = "email"}});
      },
      [](AlertOutbox& outbox) {
        return outbox.settle({{.number = 2, .error = "away", .not_before = alert_day},
                              {.number = 4, .is_over = true}});
      },
      [](AlertOutbox& outbox) { return outbox.route({{sample_alert(3).id, {}, alert_day}}); },
  };
}

/// All that can be seen of an outbox, as text.
std::string content_of(AlertOutbox& outbox) {
  std::string text;
  const auto unrouted = outbox.unrouted(100);
  const auto waiting = outbox.waiting(100);
  for (const auto& alert : *unrouted) text += alert.id + " unrouted\n";
  for (const auto& line : *waiting) {
    text += std::to_string(line.number) + " " + line.channel + " " + line.alert.id + " " +
            std::to_string(line.attempts) + " " + line.error + "\n";
  }
  return text + std::to_string(outbox.counts()->waiting) + " waiting";
}

/// After the first n steps.
std::vector<std::string> rehearsed() {
  simulation::TableAlertOutbox table;
  std::vector<std::string> contents{content_of(table)};
  for (const Step& step : steps()) {
    if (!step(table)) throw std::logic_error("the model refused");
    contents.push_back(content_of(table));
  }
  return contents;
}

/// From step `first` on, opening again in the middle; each once more after an error. How many were
/// answered in all.
std::size_t work(const std::shared_ptr<SimulatedDisk>& disk, std::size_t first) {
  const auto all = steps();
  std::size_t answered = first;
  for (const std::size_t until : {all.size() / 2, all.size()}) {
    auto outbox = open(disk);
    if (!outbox && !disk->crashed()) outbox = open(disk);
    if (!outbox) return answered;
    for (; answered < until; ++answered) {
      if (!all[answered](**outbox) && !all[answered](**outbox)) break;
    }
  }
  return answered;
}

TEST(SqliteAlertsOnSimulatedDisk, a_power_failure_at_any_operation_leaves_whole_changes) {
  const auto expected = rehearsed();
  const auto calm = std::make_shared<SimulatedDisk>(0);
  ASSERT_EQ(work(calm, 0), steps().size());
  const std::uint64_t operations = calm->operations();
  EXPECT_GT(operations, 40U);
  for (std::uint64_t crash = 0; crash <= operations; crash += disk_operations_a_step) {
    SCOPED_TRACE("crash at " + std::to_string(crash));
    const auto disk = std::make_shared<SimulatedDisk>(crash);
    disk->crash_after(crash);
    const std::size_t answered = work(disk, 0);
    disk->crash();
    disk->reboot();
    auto outbox = open(disk);
    ASSERT_TRUE(outbox) << outbox.error().message;
    const std::string found = content_of(**outbox);
    const bool one_more = answered < steps().size() && found == expected[answered + 1];
    ASSERT_TRUE(one_more || found == expected[answered]) << answered << " answered\n" << found;
    outbox = result::make_error(result::ErrorCode::cancelled, "closed");
    ASSERT_EQ(work(disk, answered + (one_more ? 1 : 0)), steps().size());
    outbox = open(disk);
    ASSERT_TRUE(outbox);
    EXPECT_EQ(content_of(**outbox), expected.back());
  }
}

TEST(SqliteAlertsOnSimulatedDisk, after_an_error_at_any_operation_the_change_may_be_made_again) {
  const auto expected = rehearsed();
  const auto calm = std::make_shared<SimulatedDisk>(0);
  ASSERT_EQ(work(calm, 0), steps().size());
  for (std::uint64_t failing = 0; failing < calm->operations(); failing += disk_operations_a_step) {
    for (const int error : {EIO, ENOSPC}) {
      SCOPED_TRACE("error " + std::to_string(error) + " at " + std::to_string(failing));
      const auto disk = std::make_shared<SimulatedDisk>(failing);
      disk->fail_after(failing, error);
      ASSERT_EQ(work(disk, 0), steps().size());
      disk->crash();
      disk->reboot();
      auto outbox = open(disk);
      ASSERT_TRUE(outbox) << outbox.error().message;
      ASSERT_EQ(content_of(**outbox), expected.back());
    }
  }
}

}  // namespace
}  // namespace hts::testing
