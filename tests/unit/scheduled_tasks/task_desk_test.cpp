#include "adapters/scheduled_tasks/task_desk.hpp"

#include <filesystem>
#include <fstream>
#include <future>
#include <stdexcept>
#include <thread>
#include <utility>

#include <gtest/gtest.h>

#include "adapters/scheduled_tasks/task_memory.hpp"
#include "integration/temporary_folder.hpp"

namespace hts::scheduled_tasks {
namespace {

using schedule::ScheduleLine;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using Text = result::Result<std::string>;
using Noted = std::vector<std::pair<std::string, time::Timestamp>>;

constexpr time::Timestamp midnight{std::chrono::days{19'943}};

/// A desk in virtual time.
class Place {
 public:
  Place() {
    tasks["note"] = [this](const ScheduleLine& line, time::Timestamp due,
                           const std::atomic<bool>&) -> Text {
      noted.emplace_back(line.name, due);
      now += std::exchange(length, {});
      return std::string{"It noted."};
    };
    tasks["fail"] = [](const ScheduleLine&, time::Timestamp, const std::atomic<bool>&) -> Text {
      return result::make_error(result::ErrorCode::network, "Nobody answers.");
    };
    tasks["throw"] = [](const ScheduleLine&, time::Timestamp, const std::atomic<bool>&) -> Text {
      throw std::runtime_error("no more memory");
    };
    tasks["look"] = [this](const ScheduleLine&, time::Timestamp, const std::atomic<bool>&) -> Text {
      seen.push_back(*load_memory(*disk::system_disk(), memory()));
      return std::string{"It looked."};
    };
    tasks["wait"] = [this](const ScheduleLine&, time::Timestamp,
                           const std::atomic<bool>& cancelled) -> Text {
      begun.set_value();
      while (!cancelled) std::this_thread::yield();
      return result::make_error(result::ErrorCode::cancelled, "It was stopped.");
    };
  }

  result::Result<std::unique_ptr<TaskDesk>> try_open(const std::string& text) {
    auto lines = schedule::parse_schedule(text, "test");
    if (!lines) return lines.error();
    return TaskDesk::open({*lines, tasks, disk::system_disk(), memory(), [this] { return now; },
                           [this](const TaskRun& run) { ended.push_back(run); }});
  }
  std::unique_ptr<TaskDesk> open(const std::string& text) {
    auto desk = try_open(text);
    if (desk) return std::move(desk).value();
    ADD_FAILURE() << desk.error().message;
    return nullptr;
  }
  std::filesystem::path memory() const { return folder.path() / "schedule.json"; }

  hts::testing::TemporaryFolder folder;
  std::map<std::string, Task> tasks;
  time::Timestamp now = midnight;
  time::Duration length{};  ///< of the next run of `note`
  Noted noted;
  std::vector<TaskMemory> seen;
  std::vector<TaskRun> ended;
  std::promise<void> begun;
};

TEST(TaskDesk, runs_a_task_when_it_is_due_and_tells_of_it) {
  Place place;
  const auto desk = place.open("a @hourly UTC note");
  desk->turn();
  EXPECT_TRUE(place.noted.empty());
  place.now += hours{1};
  place.length = seconds{7};
  desk->turn();
  const time::Timestamp due = midnight + hours{1};
  EXPECT_EQ(place.noted, (Noted{{"a", due}}));
  const TaskRun expected{"a",        "note", due, due, due + seconds{7}, 0, TaskOutcome::done,
                         "It noted."};
  EXPECT_EQ(place.ended, std::vector{expected});
  const auto status = desk->status();
  EXPECT_EQ(status[0].last, expected);
  EXPECT_EQ(status[0].next, midnight + hours{2});
  EXPECT_EQ(status[0].runs, 1U);
  EXPECT_EQ(status[0].failures, 0U);
}

TEST(TaskDesk, a_failed_run_is_told_and_the_next_one_comes) {
  Place place;
  const auto desk = place.open("a @hourly UTC fail\nb @hourly UTC throw");
  place.now += hours{1};
  desk->turn();
  place.now += hours{1};
  desk->turn();
  ASSERT_EQ(place.ended.size(), 4U);
  EXPECT_EQ(place.ended[0].outcome, TaskOutcome::failed);
  EXPECT_EQ(place.ended[0].text, "Nobody answers.");
  EXPECT_EQ(place.ended[1].text, "The task failed: no more memory");
  EXPECT_EQ(desk->status()[0].failures, 2U);
  EXPECT_EQ(desk->history(1).front().name, "b");
}

TEST(TaskDesk, a_daemon_that_was_down_makes_up_as_each_line_says) {
  Place place;
  const std::string lines =
      "skip @hourly UTC note missed=skip\nonce @hourly UTC note\n"
      "all @hourly UTC note missed=run_all";
  {
    const auto desk = place.open(lines);
    place.now += hours{1};
    desk->turn();
  }
  place.noted.clear();
  place.now = midnight + hours{4} + minutes{30};
  place.open(lines)->turn();
  EXPECT_EQ(place.noted, (Noted{{"once", midnight + hours{4}},
                                {"all", midnight + hours{2}},
                                {"all", midnight + hours{3}},
                                {"all", midnight + hours{4}}}));
  place.noted.clear();
  place.open(lines)->turn();
  EXPECT_TRUE(place.noted.empty());
}

TEST(TaskDesk, a_line_that_never_ran_is_due_from_when_it_was_first_seen) {
  Place place;
  place.open("a @hourly UTC note")->turn();
  place.now += hours{1} + minutes{30};
  place.open("a @hourly UTC note")->turn();
  EXPECT_EQ(place.noted, (Noted{{"a", midnight + hours{1}}}));
}

TEST(TaskDesk, a_clock_that_went_back_far_counts_after_a_restart_too) {
  Place place;
  const auto desk = place.open("a @hourly UTC note");
  desk->turn();
  place.now += hours{4};
  desk->turn();
  place.now -= hours{3};
  desk->turn();
  place.now += hours{2} + minutes{30};
  place.open("a @hourly UTC note")->turn();
  EXPECT_EQ(place.noted, (Noted{{"a", midnight + hours{4}}, {"a", midnight + hours{3}}}));
}

TEST(TaskDesk, the_disk_knows_of_a_run_before_it_begins_and_of_those_that_wait) {
  Place place;
  const std::string lines = "a @hourly UTC look\nb @hourly UTC look";
  const auto desk = place.open(lines);
  place.now += hours{1};
  desk->turn();
  ASSERT_EQ(place.seen.size(), 2U);
  EXPECT_EQ(place.seen[0].runs.back().outcome, TaskOutcome::running);

  // The process dies during the first run.
  ASSERT_TRUE(save_memory(*disk::system_disk(), place.memory(), TaskMemory{place.seen[0]}));
  const auto after = place.open(lines);
  EXPECT_EQ(after->status()[0].last->outcome, TaskOutcome::interrupted);
  place.ended.clear();
  after->turn();
  ASSERT_EQ(place.ended.size(), 1U);
  EXPECT_EQ(place.ended[0].name, "b");
  EXPECT_EQ(place.ended[0].due, midnight + hours{1});
}

TEST(TaskDesk, runs_what_is_asked_for_once) {
  Place place;
  const auto desk = place.open("a @yearly UTC note");
  EXPECT_EQ(desk->trigger("b").error().code, result::ErrorCode::not_found);
  EXPECT_TRUE(desk->trigger("a"));
  EXPECT_EQ(desk->trigger("a").error().code, result::ErrorCode::conflict);
  desk->turn();
  EXPECT_EQ(place.noted, (Noted{{"a", midnight}}));
  EXPECT_TRUE(desk->trigger("a"));
}

TEST(TaskDesk, a_run_is_told_to_stop_when_its_timeout_is_over) {
  Place place;
  const auto desk = place.open("a @yearly UTC wait timeout=1s");
  ASSERT_TRUE(desk->trigger("a"));
  desk->turn();
  ASSERT_EQ(place.ended.size(), 1U);
  EXPECT_EQ(place.ended[0].outcome, TaskOutcome::timed_out);
  EXPECT_EQ(place.ended[0].text, "It was stopped after 1 s, its timeout. It was stopped.");
}

TEST(TaskDesk, a_line_that_runs_when_it_is_due_again_skips_and_counts) {
  Place place;
  const auto desk = place.open("a @hourly UTC note");
  place.now += hours{1};
  place.length = hours{2} + minutes{30};
  desk->turn();
  EXPECT_EQ(place.noted, (Noted{{"a", midnight + hours{1}}}));
  EXPECT_EQ(desk->status()[0].skipped, 2U);

  const auto each = place.open("b @hourly UTC note missed=run_all");
  place.noted.clear();
  place.now += minutes{30};
  place.length = hours{1} + minutes{30};
  each->turn();
  EXPECT_EQ(place.noted, (Noted{{"b", midnight + hours{4}}, {"b", midnight + hours{5}}}));
  EXPECT_EQ(each->status()[0].skipped, 0U);
}

TEST(TaskDesk, counts_what_was_missed) {
  Place place;
  const std::string lines = "skip @hourly UTC note missed=skip\nonce @hourly UTC note";
  {
    const auto desk = place.open(lines);
    place.now += hours{1};
    desk->turn();
  }
  place.now = midnight + hours{4} + minutes{30};
  const auto desk = place.open(lines);
  desk->turn();
  EXPECT_EQ(desk->status()[0].missed, 3U);
  EXPECT_EQ(desk->status()[1].missed, 2U);
}

TEST(TaskDesk, another_schedule_takes_its_place) {
  Place place;
  const auto desk = place.open("a @hourly UTC note\nb @hourly UTC note");
  place.now += hours{1};
  ASSERT_TRUE(desk->trigger("a"));
  const auto wanted = schedule::parse_schedule("c @hourly UTC note\na 30 * * * * UTC note", "test");
  ASSERT_TRUE(wanted);
  ASSERT_TRUE(desk->replace(*wanted));
  desk->turn();
  // Asked for by hand, and due since midnight by its new line; the new line begins now.
  EXPECT_EQ(place.noted, (Noted{{"a", midnight + hours{1}}}));
  ASSERT_EQ(desk->status().size(), 2U);
  EXPECT_EQ(desk->status()[0].line.name, "c");
  EXPECT_EQ(desk->status()[1].next, midnight + hours{1} + minutes{30});
  EXPECT_EQ(desk->trigger("b").error().code, result::ErrorCode::not_found);

  const auto unknown = schedule::parse_schedule("d @hourly UTC dance", "test");
  ASSERT_TRUE(unknown);
  EXPECT_EQ(desk->replace(*unknown).error().field, "d");
  EXPECT_EQ(desk->status()[0].line.name, "c");
}

TEST(TaskDesk, a_stop_of_the_daemon_interrupts_a_run) {
  Place place;
  auto desk = place.open("a @yearly UTC wait");
  auto begun = place.begun.get_future();
  desk->start();
  ASSERT_TRUE(desk->trigger("a"));
  begun.wait();
  EXPECT_EQ(desk->trigger("a").error().code, result::ErrorCode::conflict);
  EXPECT_EQ(desk->status()[0].last->outcome, TaskOutcome::running);
  desk.reset();
  ASSERT_EQ(place.ended.size(), 1U);
  EXPECT_EQ(place.ended[0].outcome, TaskOutcome::interrupted);
}

TEST(TaskDesk, runs_nothing_that_it_cannot_remember) {
  Place place;
  const auto desk = place.open("a @hourly UTC note");
  std::filesystem::remove(place.folder.path());
  place.now += hours{1};
  desk->turn();
  EXPECT_TRUE(place.noted.empty());
  EXPECT_NE(desk->problem(), "");
  std::filesystem::create_directory(place.folder.path());
  desk->turn();
  EXPECT_EQ(place.noted, (Noted{{"a", midnight + hours{1}}}));
  EXPECT_EQ(desk->problem(), "");
}

TEST(TaskDesk, refuses_unknown_tasks_and_a_memory_that_it_cannot_read) {
  Place place;
  EXPECT_EQ(place.try_open("a @hourly UTC dance").error().field, "a");
  for (const char* broken :
       {"{", "[]", R"({"marks":[{}],"runs":[]})", R"({"marks":1,"runs":[]})"}) {
    std::ofstream{place.memory()} << broken;
    EXPECT_EQ(place.try_open("a @hourly UTC note").error().code, result::ErrorCode::storage)
        << broken;
  }
}

}  // namespace
}  // namespace hts::scheduled_tasks
