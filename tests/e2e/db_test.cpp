// The results in PostgreSQL, and moved between databases, as an operator meets them.

#include <algorithm>
#include <chrono>
#include <fstream>
#include <sstream>
#include <string>

#include <boost/json.hpp>
#include <gtest/gtest.h>
#include <signal.h>

#include "adapters/daemon_client/daemon_client.hpp"
#include "postgres_server.hpp"
#include "process.hpp"

namespace hts::e2e {
namespace {

using hts::testing::is_postgres_installed;
using hts::testing::no_postgres;
using hts::testing::shared_postgres;

constexpr std::chrono::seconds answer_patience{60};

boost::json::value json_of(const Outcome& outcome) {
  EXPECT_EQ(outcome.status, 0) << outcome.err;
  boost::system::error_code error;
  auto value = boost::json::parse(outcome.out, error);
  EXPECT_FALSE(error) << outcome.out;
  return value;
}

/// A daemon's answer to one run over generated candles, kept as the API gave it.
std::string run_one(const TemporaryDirectory& place, const std::string& daemon) {
  const auto made = run_hts(
      {"data", "synthetic", "--timeframe", "1d", "--from", "2023-01-01", "--to", "2024-12-31"},
      place.path());
  EXPECT_EQ(made.status, 0) << made.err;
  const auto answer = daemon_client::post_json(
      daemon + "/api/backtests/run",
      R"({"strategy":"volume_zone_breakout","symbols":["SYNTHETIC_KRW"],)"
      R"("start_date":"2023-01-01","end_date":"2024-12-31","timeframe":"1d"})",
      answer_patience);
  if (!answer) {
    ADD_FAILURE() << answer.error().message;
    return "{}";
  }
  EXPECT_EQ(answer->status, 200) << answer->body;
  return answer->body;
}

std::string id_of(const std::string& answer) {
  return std::string{boost::json::parse(answer).at("run_id").as_string()};
}

std::string body_of(const std::string& url) {
  const auto answer = daemon_client::get(url, answer_patience);
  EXPECT_TRUE(answer) << url;
  return answer ? answer->body : "";
}

TEST(Db, migrations_are_applied_shown_and_undone) {
  if (!is_postgres_installed()) GTEST_SKIP() << no_postgres;
  const TemporaryDirectory place;
  const std::string url = shared_postgres()->new_database();
  const Environment environment = {{"HTS_RESULTS_URL", url}};
  EXPECT_EQ(json_of(run_hts({"db", "status", "--json"}, place.path(), environment)).at("version"),
            0);
  const auto migrated = json_of(run_hts({"db", "migrate", "--url", url, "--json"}, place.path()));
  EXPECT_EQ(migrated.at("version"), migrated.at("newest"));
  EXPECT_EQ(migrated.at("applied").as_array().size(), migrated.at("migrations").as_array().size());
  const auto status = run_hts({"db", "status"}, place.path(), environment);
  EXPECT_EQ(status.status, 0) << status.err;
  EXPECT_NE(status.out.find("1 backtest_results"), std::string::npos) << status.out;
  const auto undone =
      json_of(run_hts({"db", "rollback", "--to", "1", "--json"}, place.path(), environment));
  EXPECT_EQ(undone.at("version"), 1);
  EXPECT_EQ(undone.at("undone").as_array().size(), 3U);
}

TEST(Db, mistakes_are_one_sentence) {
  const TemporaryDirectory place;
  const std::vector<std::pair<std::vector<std::string>, int>> wrong = {
      {{"db", "migrate", "--url", "mysql://u:hunter22@h/d"}, 2},
      {{"db", "migrate", "--url", "postgresql://u:hunt/er22@h/d"}, 2},
      {{"db", "status", "--url", "postgresql://u:hunter22@127.0.0.1:1/d"}, 1},
      {{"db", "status"}, 1},
      {{"db", "rollback"}, 2},
      {{"db", "rollback", "--to", "x"}, 2},
      {{"db", "copy"}, 2},
      {{"db", "copy", "--from", "sqlite:absent", "--to", "sqlite:new"}, 1},
      {{"db", "migrate", "--password-file", "absent", "--url", "postgresql://h/d"}, 1},
      {{"import-results"}, 2},
      {{"import-results", "absent"}, 2},
  };
  for (const auto& [words, status] : wrong) {
    const auto outcome = run_hts(words, place.path());
    EXPECT_EQ(outcome.status, status) << outcome.err;
    EXPECT_EQ(std::count(outcome.err.begin(), outcome.err.end(), '\n'), 1) << outcome.err;
    EXPECT_EQ(outcome.err.find("hunt"), std::string::npos) << outcome.err;
    EXPECT_EQ(outcome.err.find("er22"), std::string::npos) << outcome.err;
  }
  EXPECT_FALSE(std::filesystem::exists(place.path() / "new"));
}

TEST(Db, the_same_database_is_not_copied_onto_itself) {
  const TemporaryDirectory place;
  ASSERT_EQ(run_hts({"db", "migrate", "--url", "sqlite:a"}, place.path()).status, 0);
  EXPECT_EQ(run_hts({"db", "copy", "--from", "sqlite:a", "--to", "sqlite:a"}, place.path()).status,
            2);
}

TEST(Db, a_daemon_moves_from_sqlite_to_postgresql_and_back) {
  if (!is_postgres_installed()) GTEST_SKIP() << no_postgres;
  const TemporaryDirectory place;
  const std::string url = shared_postgres()->new_database();
  std::string first;
  {
    RunningDaemon daemon(place.path());
    first = run_one(place, daemon.url());
    EXPECT_EQ(daemon.end_with(SIGTERM), 0);
  }
  // Without the copy the files of the run would be taken for leftovers of a crash.
  const auto refused = run_hts({"serve", "--http.port", "0", "--results.url", url}, place.path());
  EXPECT_EQ(refused.status, 1);
  EXPECT_NE(refused.err.find("hts db copy"), std::string::npos) << refused.err;

  const auto copied = json_of(
      run_hts({"db", "copy", "--from", "sqlite:state/results.sqlite", "--to", url, "--json"},
              place.path()));
  EXPECT_EQ(copied.at("equal"), true);
  EXPECT_EQ(copied.at("tables").at(0).at("at_target"), 1);
  const std::string id = id_of(first);
  {
    RunningDaemon daemon(place.path(), {"--results.url", url});
    EXPECT_EQ(boost::json::parse(body_of(daemon.url() + "/api/backtests/" + id)).at("symbols"),
              boost::json::parse(first).at("symbols"));
    EXPECT_EQ(boost::json::parse(body_of(daemon.url() + "/api/backtests/history")).at("total"), 1);
    EXPECT_EQ(daemon.end_with(SIGTERM), 0);
  }
  const auto back =
      json_of(run_hts({"db", "copy", "--to", "sqlite", "--from", url, "--json"}, place.path()));
  EXPECT_EQ(back.at("tables").at(0).at("added"), 0);
  const RunningDaemon daemon(place.path());
  EXPECT_EQ(id_of(body_of(daemon.url() + "/api/backtests/latest")), id);
}

TEST(Db, a_daemon_goes_on_without_its_database_and_catches_up) {
  if (!is_postgres_installed()) GTEST_SKIP() << no_postgres;
  const TemporaryDirectory place;
  const auto server = hts::testing::PostgresServer::start();
  const std::string database = server->new_database();
  RunningDaemon daemon(place.path(), {"--results.url", database});
  const std::string id = id_of(run_one(place, daemon.url()));
  server->stop();
  const auto away = daemon_client::get(daemon.url() + "/api/backtests/" + id, answer_patience);
  ASSERT_TRUE(away) << away.error().message;
  EXPECT_EQ(away->status, 503) << away->body;
  // What is computed meanwhile is kept, found, and said to wait.
  const std::string second = id_of(run_one(place, daemon.url()));
  EXPECT_NE(second, id);
  EXPECT_EQ(id_of(body_of(daemon.url() + "/api/backtests/" + second)), second);
  const std::string health = body_of(daemon.url() + "/health");
  EXPECT_NE(health.find("1 results wait in a file"), std::string::npos) << health;
  EXPECT_NE(body_of(daemon.url() + "/metrics").find("hts_results_database_is_reachable 0"),
            std::string::npos);

  server->start_again();
  const auto file = place.path() / "state" / "results.outbox.sqlite";
  const auto deadline = std::chrono::steady_clock::now() + answer_patience;
  while (std::filesystem::exists(file) && std::chrono::steady_clock::now() < deadline) {
    (void)body_of(daemon.url() + "/api/health");
  }
  EXPECT_EQ(boost::json::parse(body_of(daemon.url() + "/api/backtests/history")).at("total"), 2);
  EXPECT_EQ(server->run(database, "SELECT count(*) FROM backtest_results"), "2");
  EXPECT_EQ(id_of(body_of(daemon.url() + "/api/backtests/" + id)), id);
  EXPECT_EQ(daemon.end_with(SIGTERM), 0);
}

TEST(Db, a_password_is_not_seen_in_the_list_of_processes) {
  if (!is_postgres_installed()) GTEST_SKIP() << no_postgres;
  const TemporaryDirectory place;
  std::string url = shared_postgres()->new_database();
  url.insert(url.find('@'), ":hunter22");
  const RunningDaemon daemon(place.path(), {"--results.url", url});
  std::ifstream file("/proc/" + std::to_string(daemon.pid()) + "/cmdline", std::ios::binary);
  std::ostringstream words;
  words << file.rdbuf();
  EXPECT_NE(words.str().find("--results.url"), std::string::npos);
  EXPECT_EQ(words.str().find("hunter22"), std::string::npos);
  EXPECT_EQ(daemon.log().find("hunter22"), std::string::npos);
  const auto printed = run_hts({"serve", "--print-config", "--results.url", url}, place.path());
  EXPECT_EQ(printed.out.find("hunter22"), std::string::npos);
}

TEST(Db, results_in_files_are_imported_once_and_not_under_a_daemon) {
  const TemporaryDirectory place;
  const TemporaryDirectory old;
  std::string answer;
  {
    RunningDaemon daemon(place.path());
    answer = run_one(place, daemon.url());
    (void)old.write("run.json", answer);
    const auto refused = run_hts({"import-results", old.path()}, place.path());
    EXPECT_EQ(refused.status, 1);
    EXPECT_NE(refused.err.find("A daemon works in"), std::string::npos) << refused.err;
    EXPECT_EQ(daemon.end_with(SIGTERM), 0);
  }
  (void)old.write("index.json", "[]");
  const std::vector<std::string> words = {"import-results", old.path(), "--state-root", "new",
                                          "--json"};
  const auto imported = json_of(run_hts(words, place.path()));
  EXPECT_EQ(imported.at("imported"), 1);
  EXPECT_EQ(imported.at("skipped"), 1);
  EXPECT_EQ(json_of(run_hts(words, place.path())).at("imported"), 0);
  (void)old.write("broken.json", "{");
  const auto failed = run_hts({"import-results", old.path(), "--state-root", "new"}, place.path());
  EXPECT_EQ(failed.status, 1);
  EXPECT_NE(failed.err.find("broken.json"), std::string::npos) << failed.err;
  EXPECT_NE(failed.out.find("0 imported, 2 skipped, 1 failed"), std::string::npos) << failed.out;

  const RunningDaemon daemon(place.path(), {"--state.root", "new"});
  EXPECT_EQ(
      boost::json::parse(body_of(daemon.url() + "/api/backtests/" + id_of(answer))).at("symbols"),
      boost::json::parse(answer).at("symbols"));
}

}  // namespace
}  // namespace hts::e2e
