// The journal as its readers meet it: a daemon's session executed again by `hts replay`.

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include <boost/json.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include "adapters/daemon_client/daemon_client.hpp"
#include "adapters/disk/disk.hpp"
#include "adapters/journal/journal_reader.hpp"
#include "open_request.hpp"
#include "process.hpp"

namespace hts::e2e {
namespace {

using ::testing::HasSubstr;

constexpr std::chrono::seconds how_long{60};

std::string backtest_body(int hold, const std::string& symbol = "SYNTHETIC_KRW") {
  return R"({"strategy":"volume_zone_breakout","params":{"hold_period_bars":)" +
         std::to_string(hold) + R"(},"symbols":[")" + symbol +
         R"("],"start_date":"2023-01-01","end_date":"2024-12-31","timeframe":"1d"})";
}

void make_daily_candles(const TemporaryDirectory& place) {
  const auto made = run_hts(
      {"data", "synthetic", "--timeframe", "1d", "--from", "2023-01-01", "--to", "2024-12-31"},
      place.path());
  ASSERT_EQ(made.status, 0) << made.err;
}

/// A bit of everything: runs, bad requests, lists, a flag, figures.
void use_daemon(const std::string& url, int client) {
  (void)daemon_client::post_json(url + "/api/backtests/run", backtest_body(client + 1), how_long);
  (void)daemon_client::post_json(url + "/api/backtests/run", backtest_body(1, "NOBODY_KRW"),
                                 how_long);
  (void)daemon_client::post_json(url + "/api/backtests/run", "{not json", how_long);
  (void)daemon_client::get(url + "/api/backtests/history?limit=2", how_long);
  (void)daemon_client::get(url + "/api/backtests/latest", how_long);
  (void)daemon_client::get(url + "/api/data/inventory", how_long);
  (void)daemon_client::get(url + "/api/scheduler/status", how_long);
  (void)daemon_client::get(url + "/metrics", how_long);
  (void)daemon_client::get(url + "/health", how_long);
  (void)daemon_client::get(url + "/nothing/here", how_long);
  const auto latest = daemon_client::get(url + "/api/backtests/latest", how_long);
  if (!latest || latest->status != 200) return;
  const auto run = boost::json::parse(latest->body);
  const OpenRequest flag(url,
                         "PATCH /api/backtests/" + std::string{run.at("run_id").as_string()} +
                             "/symbols/SYNTHETIC_KRW",
                         R"({"is_active":false})");
  (void)flag.answer();
}

void use_daemon_from_many_sides(const std::string& url) {
  std::vector<std::thread> clients;
  for (int client = 0; client < 4; ++client) {
    clients.emplace_back([&url, client] { use_daemon(url, client); });
  }
  for (std::thread& client : clients) client.join();
}

boost::json::value replay_json(const TemporaryDirectory& place, const std::string& journal,
                               int expected_status) {
  const auto replayed = run_hts({"replay", journal, "--json"}, place.path());
  EXPECT_EQ(replayed.status, expected_status) << replayed.out << replayed.err;
  return boost::json::parse(replayed.out);
}

/// A copy of a journal's only segment with every payload passed through `change`, and checksums
/// that fit: what a replay finds is then no damage but a difference.
std::string tampered(const TemporaryDirectory& place,
                     const std::function<void(std::string& payload)>& change) {
  const auto disk = disk::system_disk();
  const auto segments = journal::list_segments(*disk, (place.path() / "state/journal").string());
  EXPECT_EQ(segments->size(), 1U);
  auto reader = journal::SegmentReader::open(*disk, segments->front().path);
  std::string bytes = journal::make_prologue();
  while (const auto record = reader->next()) {
    std::string payload{record->payload};
    change(payload);
    journal::append_record(bytes, payload);
  }
  return place.write("tampered.journal", bytes);
}

/// Replaces the first occurrence by something of the same length.
bool replace_once(std::string& payload, const std::string& text, const std::string& by) {
  const auto at = payload.find(text);
  if (at == std::string::npos) return false;
  payload.replace(at, text.size(), by);
  return true;
}

TEST(Replay, of_a_session_with_many_clients_is_identical) {
  const TemporaryDirectory place;
  make_daily_candles(place);
  {
    RunningDaemon daemon(place.path(), {"--jobs.workers", "2"});
    use_daemon_from_many_sides(daemon.url());
    EXPECT_EQ(daemon.end_with(SIGTERM), 0);
  }
  const auto report = replay_json(place, "state/journal", 0);
  EXPECT_TRUE(report.at("identical").as_bool());
  const auto& session = report.at("sessions").at(0);
  EXPECT_GE(session.at("commands").to_number<int>(), 4 * 11);
  EXPECT_GE(session.at("inputs").to_number<int>(), 4 * 11);
}

TEST(Replay, of_sessions_that_were_killed_is_identical) {
  const TemporaryDirectory place;
  make_daily_candles(place);
  for (int session = 0; session < 3; ++session) {
    RunningDaemon daemon(place.path());
    use_daemon(daemon.url(), session);
    std::thread clients([&] { use_daemon_from_many_sides(daemon.url()); });
    (void)daemon_client::get(daemon.url() + "/api/backtests/latest", how_long);
    EXPECT_EQ(daemon.end_with(SIGKILL), 128 + SIGKILL);
    clients.join();
  }
  const auto report = replay_json(place, "state/journal", 0);
  EXPECT_TRUE(report.at("identical").as_bool());
  EXPECT_EQ(report.at("sessions").as_array().size(), 3U);
}

TEST(Replay, of_backtests_that_timed_out_or_were_stopped_is_identical) {
  const TemporaryDirectory place;
  const auto made = run_hts(
      {"data", "synthetic", "--timeframe", "1m", "--from", "2022-01-01", "--to", "2024-12-31"},
      place.path());
  ASSERT_EQ(made.status, 0) << made.err;
  const auto long_body = [](const std::string& timeout) {
    return R"({"strategy":"volume_zone_breakout","params":{"volume_window":500},)"
           R"("symbols":["SYNTHETIC_KRW"],"start_date":"2022-01-01","end_date":"2024-12-31",)"
           R"("timeframe":"1m","timeout_seconds":)" +
           timeout + "}";
  };
  {
    RunningDaemon daemon(place.path());
    const std::string path = daemon.url() + "/api/backtests/run";
    const auto timed_out = daemon_client::post_json(path, long_body("0.05"), how_long);
    ASSERT_TRUE(timed_out.ok());
    EXPECT_EQ(timed_out->status, 504) << timed_out->body;
    const OpenRequest running(daemon.url(), "POST /api/backtests/run", long_body("600"));
    const OpenRequest waiting(daemon.url(), "POST /api/backtests/run", long_body("600"));
    (void)daemon_client::get(daemon.url() + "/api/scheduler/status", how_long);
    EXPECT_EQ(daemon.end_with(SIGTERM), 0);
  }
  EXPECT_TRUE(replay_json(place, "state/journal", 0).at("identical").as_bool());
}

TEST(Replay, names_the_first_command_that_is_not_the_recorded_one) {
  const TemporaryDirectory place;
  make_daily_candles(place);
  {
    RunningDaemon daemon(place.path());
    use_daemon(daemon.url(), 0);
    EXPECT_EQ(daemon.end_with(SIGTERM), 0);
  }
  bool changed = false;
  const std::string copy = tampered(place, [&](std::string& payload) {
    if (changed || journal::kind_of(payload) != journal::RecordKind::command) return;
    changed = replace_once(payload, "\"win_rate\":", "\"win_rats\":");
  });
  ASSERT_TRUE(changed);
  const auto session = replay_json(place, copy, 1).at("sessions").at(0);
  const auto& difference = session.at("first_difference");
  EXPECT_THAT(std::string{difference.at("recorded").as_string()}, HasSubstr("win_rats"));
  EXPECT_THAT(std::string{difference.at("replayed").as_string()}, HasSubstr("win_rate"));
  EXPECT_THAT(std::string{difference.at("what").as_string()}, HasSubstr("http.answer"));
}

TEST(Replay, of_another_behaviour_differs_where_it_first_shows) {
  const TemporaryDirectory place;
  make_daily_candles(place);
  {
    RunningDaemon daemon(place.path());
    use_daemon(daemon.url(), 4);
    EXPECT_EQ(daemon.end_with(SIGTERM), 0);
  }
  bool changed = false;
  const std::string copy = tampered(place, [&](std::string& payload) {
    changed = replace_once(payload, "\"hold_period_bars\":5", "\"hold_period_bars\":7") || changed;
  });
  ASSERT_TRUE(changed);
  const auto session = replay_json(place, copy, 1).at("sessions").at(0);
  const auto& difference = session.at("first_difference");
  // The first thing that goes out is the question for an equal run.
  EXPECT_THAT(std::string{difference.at("what").as_string()}, HasSubstr("result_store.find_equal"));
}

TEST(Replay, says_that_candles_have_changed_since) {
  const TemporaryDirectory place;
  make_daily_candles(place);
  {
    RunningDaemon daemon(place.path());
    use_daemon(daemon.url(), 0);
    EXPECT_EQ(daemon.end_with(SIGTERM), 0);
  }
  const auto remade = run_hts({"data", "synthetic", "--timeframe", "1d", "--from", "2023-01-01",
                               "--to", "2024-12-31", "--seed", "9"},
                              place.path());
  ASSERT_EQ(remade.status, 0) << remade.err;
  const auto session = replay_json(place, "state/journal", 1).at("sessions").at(0);
  EXPECT_THAT(std::string{session.at("obstacle").as_string()}, HasSubstr("catalog has changed"));
}

TEST(Replay, plays_what_stands_before_a_torn_tail_and_before_damage) {
  const TemporaryDirectory place;
  make_daily_candles(place);
  {
    RunningDaemon daemon(place.path());
    use_daemon(daemon.url(), 0);
    EXPECT_EQ(daemon.end_with(SIGTERM), 0);
  }
  const auto segments =
      journal::list_segments(*disk::system_disk(), (place.path() / "state/journal").string());
  std::ifstream file(segments->front().path, std::ios::binary);
  const std::string whole{std::istreambuf_iterator<char>(file), {}};

  const auto torn = place.write("torn.journal", whole.substr(0, whole.size() - 3));
  const auto of_torn = replay_json(place, torn, 0).at("sessions").at(0);
  EXPECT_EQ(of_torn.at("damage").at("kind").as_string(), "torn tail");
  EXPECT_GT(of_torn.at("inputs").to_number<int>(), 10);

  std::string flipped = whole;
  flipped[whole.size() / 2] = static_cast<char>(flipped[whole.size() / 2] ^ 4);
  const auto of_flipped =
      replay_json(place, place.write("flipped.journal", flipped), 1).at("sessions").at(0);
  EXPECT_EQ(of_flipped.at("damage").at("kind").as_string(), "damaged record");
  EXPECT_GT(of_flipped.at("inputs").to_number<int>(), 1);
  EXPECT_LE(of_flipped.at("damage").at("offset").to_number<std::size_t>(), whole.size() / 2);

  std::string newer = journal::make_prologue(2) + whole.substr(journal::prologue_bytes);
  const auto of_newer =
      replay_json(place, place.write("newer.journal", newer), 1).at("sessions").at(0);
  EXPECT_EQ(of_newer.at("damage").at("kind").as_string(), "unknown version");

  EXPECT_EQ(run_hts({"replay", "nowhere.journal"}, place.path()).status, 1);
  EXPECT_EQ(run_hts({"replay"}, place.path()).status, 2);
}

TEST(Replay, finds_no_secret_in_the_journal) {
  const TemporaryDirectory place;
  {
    RunningDaemon daemon(place.path(), {"--journal.fsync", "always"});
    const OpenRequest request(daemon.url(),
                              "GET /api/data/inventory HTTP/1.1\r\nAuthorization: Bearer "
                              "hush-token\r\nCookie: session=hush-cookie\r\nX-Unused:",
                              "");
    EXPECT_THAT(request.answer(), HasSubstr("200"));
    EXPECT_EQ(daemon.end_with(SIGTERM), 0);
  }
  const auto segments =
      journal::list_segments(*disk::system_disk(), (place.path() / "state/journal").string());
  std::ifstream file(segments->front().path, std::ios::binary);
  const std::string whole{std::istreambuf_iterator<char>(file), {}};
  EXPECT_THAT(whole, HasSubstr("/api/data/inventory"));
  EXPECT_THAT(whole, ::testing::Not(HasSubstr("hush")));
  EXPECT_TRUE(replay_json(place, "state/journal", 0).at("identical").as_bool());
}

}  // namespace
}  // namespace hts::e2e
