#include <array>
#include <atomic>
#include <chrono>
#include <string>
#include <thread>
#include <vector>

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "../backtest_samples.hpp"
#include "adapters/postgres/migrations.hpp"
#include "adapters/postgres/postgres_preset_store.hpp"
#include "adapters/postgres/postgres_result_store.hpp"
#include "postgres_server.hpp"

namespace hts::testing {
namespace {

using postgres::ConnectionOptions;
using postgres::ConnectionPool;
using postgres::PostgresResultStore;
using result::ErrorCode;
using ::testing::HasSubstr;
using ::testing::Not;
using namespace std::chrono_literals;

backtest::RunSummary stored_sample(unsigned number) {
  return backtest::summarize(sample_run(number));
}

/// Takes connections into its backlog and never says a word.
class SilentListener {
 public:
  SilentListener() {
    socket_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    EXPECT_EQ(bind(socket_, reinterpret_cast<sockaddr*>(&address), size), 0);
    EXPECT_EQ(getsockname(socket_, reinterpret_cast<sockaddr*>(&address), &size), 0);
    EXPECT_EQ(listen(socket_, 16), 0);
    port_ = ntohs(address.sin_port);
  }
  ~SilentListener() { close(socket_); }
  SilentListener(const SilentListener&) = delete;
  SilentListener& operator=(const SilentListener&) = delete;
  [[nodiscard]] int port() const { return port_; }
  [[nodiscard]] int socket() const { return socket_; }

 private:
  int socket_ = -1;
  int port_ = 0;
};

/// Stands between client and server, and takes an answer away together with its connection: the
/// server has done what it was asked for.
class AnswerThief {
 public:
  explicit AnswerThief(int server_port) : server_port_(server_port), door_([this] { serve(); }) {}
  ~AnswerThief() {
    stopping_ = true;
    ::shutdown(listener_.socket(), SHUT_RDWR);
    door_.join();
    for (auto& thread : threads_) thread.join();
  }
  AnswerThief(const AnswerThief&) = delete;
  AnswerThief& operator=(const AnswerThief&) = delete;
  [[nodiscard]] int port() const { return listener_.port(); }
  [[nodiscard]] int stolen() const { return stolen_; }
  void steal_next() { steal_ = true; }

 private:
  void serve() {
    while (!stopping_) {
      const int client = ::accept4(listener_.socket(), nullptr, nullptr, SOCK_CLOEXEC);
      if (client >= 0) threads_.emplace_back([this, client] { pass(client); });
    }
  }
  void pass(int client) {
    const int server = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(static_cast<std::uint16_t>(server_port_));
    if (connect(server, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0) {
      std::array<pollfd, 2> ends = {pollfd{client, POLLIN, 0}, pollfd{server, POLLIN, 0}};
      std::array<char, 65536> bytes{};
      while (!stopping_ && poll(ends.data(), ends.size(), 50) >= 0) {
        const std::size_t from = ends[0].revents != 0 ? 0 : 1;
        if (ends[from].revents == 0) continue;
        const ssize_t count = read(ends[from].fd, bytes.data(), bytes.size());
        if (count <= 0) break;
        if (from == 1 && steal_.exchange(false)) {
          ++stolen_;
          break;
        }
        if (write(ends[1 - from].fd, bytes.data(), static_cast<std::size_t>(count)) != count) break;
      }
    }
    close(server);
    close(client);
  }

  SilentListener listener_;
  int server_port_;
  std::atomic<bool> stopping_ = false;
  std::atomic<bool> steal_ = false;
  std::atomic<int> stolen_ = 0;
  std::vector<std::thread> threads_;
  std::thread door_;
};

int port_of(const std::string& url) {
  return std::stoi(url.substr(url.rfind(':') + 1));
}

class PostgresFailure : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!is_postgres_installed()) GTEST_SKIP() << no_postgres;
    options.url = shared_postgres()->new_database();
    const auto migrated = postgres::migrate(options);
    ASSERT_TRUE(migrated) << migrated.error().message;
    pool = std::make_shared<ConnectionPool>(options);
  }
  std::string run(const std::string& sql) { return shared_postgres()->run(options.url, sql); }

  ConnectionOptions options;
  std::shared_ptr<ConnectionPool> pool;
};

TEST_F(PostgresFailure, a_server_that_was_restarted_between_calls_goes_unnoticed) {
  PostgresResultStore store{pool};
  for (const bool is_crash : {false, true}) {
    ASSERT_TRUE(store.insert(stored_sample(is_crash ? 2 : 1)));
    shared_postgres()->stop(is_crash);
    shared_postgres()->start_again();
    const auto found = store.latest();
    ASSERT_TRUE(found) << found.error().message;
  }
  EXPECT_EQ(store.history(0, 10)->total, 2U);
}

TEST_F(PostgresFailure, a_server_that_is_away_is_an_error_until_it_is_back) {
  PostgresResultStore store{pool};
  ASSERT_TRUE(store.insert(stored_sample(1)));
  shared_postgres()->stop();
  for (int i = 0; i < 2; ++i) {
    const auto refused = store.insert(stored_sample(2));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::unavailable);
    EXPECT_THAT(refused.error().message, HasSubstr("cannot be reached"));
  }
  EXPECT_FALSE(store.find(sample_run_id(1)));
  shared_postgres()->start_again();
  const auto stored = store.insert(stored_sample(2));
  ASSERT_TRUE(stored) << stored.error().message;
  EXPECT_EQ(store.history(0, 10)->total, 2U);
}

TEST_F(PostgresFailure, a_connection_that_an_administrator_ended_is_opened_again) {
  PostgresResultStore store{pool};
  ASSERT_TRUE(store.insert(stored_sample(1)));
  run("SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
      "WHERE application_name = 'hts' AND datname = current_database()");
  const auto found = store.find(sample_run_id(1));
  ASSERT_TRUE(found) << found.error().message;
}

TEST_F(PostgresFailure, a_server_that_ends_every_attempt_is_an_error) {
  postgres::PostgresPresetStore store{pool};
  ASSERT_TRUE(store.list(0, 1));
  run("CREATE FUNCTION end_me() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
      "IF NEW.description = 'first' THEN PERFORM pg_terminate_backend(pg_backend_pid()); END IF; "
      "RETURN NEW; END $$; "
      "CREATE TRIGGER end_me BEFORE INSERT ON strategy_presets FOR EACH ROW "
      "EXECUTE FUNCTION end_me()");
  ports::Preset preset{"quiet", "sma_cross", "{}", "first", {}, {}};
  const auto lost = store.create(preset);
  ASSERT_FALSE(lost);
  EXPECT_EQ(lost.error().code, ErrorCode::unavailable);
  EXPECT_EQ(run("SELECT count(*) FROM strategy_presets"), "0");
  preset.description = "second";
  EXPECT_TRUE(store.create(preset));
}

TEST_F(PostgresFailure, a_change_whose_answer_was_lost_counts_once) {
  AnswerThief thief{port_of(options.url)};
  options.url = "postgresql://hts@127.0.0.1:" + std::to_string(thief.port()) +
                options.url.substr(options.url.rfind('/'));
  pool = std::make_shared<ConnectionPool>(options);
  postgres::PostgresPresetStore presets{pool};
  PostgresResultStore runs{pool};
  const ports::Preset preset{"quiet", "sma_cross", "{}", "", {}, {}};
  ASSERT_TRUE(presets.list(0, 1));

  thief.steal_next();
  const auto created = presets.create(preset);
  EXPECT_TRUE(created) << created.error().message;
  EXPECT_FALSE(presets.create(preset));
  thief.steal_next();
  EXPECT_TRUE(presets.put(preset));
  thief.steal_next();
  EXPECT_TRUE(presets.remove("quiet"));
  EXPECT_FALSE(presets.remove("quiet"));
  thief.steal_next();
  EXPECT_TRUE(runs.insert(stored_sample(1)));
  EXPECT_EQ(runs.history(0, 1)->total, 1U);
  EXPECT_EQ(thief.stolen(), 4);
}

TEST_F(PostgresFailure, a_server_that_accepts_and_never_answers_is_given_up) {
  const SilentListener silent;
  options.url = "postgresql://hts:hunter22@127.0.0.1:" + std::to_string(silent.port()) + "/x";
  options.connect_timeout = 1s;
  PostgresResultStore store{std::make_shared<ConnectionPool>(options)};
  const auto begin = std::chrono::steady_clock::now();
  const auto found = store.latest();
  const auto migrated = postgres::migrate(options);
  EXPECT_LT(std::chrono::steady_clock::now() - begin, 20s);
  ASSERT_FALSE(found);
  EXPECT_EQ(found.error().code, ErrorCode::unavailable);
  EXPECT_THAT(found.error().message, Not(HasSubstr("hunter22")));
  ASSERT_FALSE(migrated);
  EXPECT_EQ(migrated.error().code, ErrorCode::unavailable);
}

TEST_F(PostgresFailure, a_server_that_falls_silent_after_the_connection_is_given_up) {
  options.statement_timeout = 300ms;
  ConnectionPool impatient{options};
  ASSERT_TRUE(impatient.query("SELECT 1"));
  // Without its own limit the server would be silent for ten minutes.
  const auto begin = std::chrono::steady_clock::now();
  const auto cut =
      impatient.query("SELECT set_config('statement_timeout', '0', false) FROM pg_sleep(0)");
  ASSERT_TRUE(cut);
  const auto silent = impatient.query("SELECT pg_sleep(600)");
  EXPECT_LT(std::chrono::steady_clock::now() - begin, 20s);
  ASSERT_FALSE(silent);
  EXPECT_EQ(silent.error().code, ErrorCode::unavailable);
  EXPECT_THAT(silent.error().message, HasSubstr("did not answer within 0.3 s"));
  EXPECT_TRUE(impatient.query("SELECT 1"));
}

TEST_F(PostgresFailure, a_statement_that_takes_too_long_is_ended_by_the_server) {
  options.statement_timeout = 200ms;
  ConnectionPool impatient{options};
  const auto slow = impatient.query("SELECT pg_sleep(600)");
  ASSERT_FALSE(slow);
  EXPECT_EQ(slow.error().code, ErrorCode::unavailable);
  EXPECT_THAT(slow.error().message, HasSubstr("did not answer within 0.2 s"));
  EXPECT_TRUE(impatient.query("SELECT 1"));
}

TEST_F(PostgresFailure, more_threads_than_connections_take_turns) {
  options.connections = 2;
  auto narrow = std::make_shared<ConnectionPool>(options);
  PostgresResultStore store{narrow};
  std::vector<std::thread> threads;
  for (unsigned w = 0; w < 8; ++w) {
    threads.emplace_back([&, w] {
      for (unsigned i = 0; i < 5; ++i) EXPECT_TRUE(store.insert(stored_sample(w * 5 + i)));
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(store.history(0, 1)->total, 40U);
  EXPECT_LE(std::stoi(run("SELECT count(*) FROM pg_stat_activity WHERE application_name = 'hts' "
                          "AND datname = current_database()")),
            2);
}

TEST_F(PostgresFailure, connections_that_are_all_busy_are_waited_for_no_longer_than_told) {
  options.connections = 1;
  options.statement_timeout = 400ms;
  ConnectionPool narrow{options};
  ASSERT_TRUE(narrow.query("SELECT set_config('statement_timeout', '0', false)"));
  std::atomic<int> busy = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 3; ++i) {
    threads.emplace_back([&] {
      const auto answer = narrow.query("SELECT pg_sleep(600)");
      EXPECT_FALSE(answer);
      if (answer.error().message.find("are busy") != std::string::npos) ++busy;
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(busy, 2);
}

TEST_F(PostgresFailure, a_wrong_password_is_said_and_not_shown) {
  run("CREATE ROLE locked LOGIN PASSWORD 'right'");
  options.url =
      "postgresql://nobody_here:hunter22@" + options.url.substr(options.url.find('@') + 1);
  const auto refused = ConnectionPool{options}.query("SELECT 1");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::unavailable);
  EXPECT_THAT(refused.error().message, HasSubstr("nobody_here"));
  EXPECT_THAT(refused.error().message, Not(HasSubstr("hunter22")));
}

TEST_F(PostgresFailure, tables_that_are_not_there_are_a_matter_of_migration) {
  options.url = shared_postgres()->new_database();
  PostgresResultStore store{std::make_shared<ConnectionPool>(options)};
  const auto found = store.latest();
  ASSERT_FALSE(found);
  EXPECT_EQ(found.error().code, ErrorCode::storage);
  EXPECT_THAT(found.error().message, HasSubstr("hts db migrate"));
}

TEST_F(PostgresFailure, characters_that_the_database_cannot_keep_are_replaced) {
  PostgresResultStore store{pool};
  auto sample = stored_sample(1);
  sample.description = std::string{"zero\0inside", 11} + "\xFF";
  ASSERT_TRUE(store.insert(sample));
  EXPECT_EQ(store.find(sample.run_id)->description, "zero\uFFFDinside\uFFFD");
  EXPECT_TRUE(store.find_equal(
      {sample.fingerprint, sample.start_date, sample.end_date, sample.description}));
  EXPECT_FALSE(store.find(std::string{"0b0e7d54\0", 9}));
}

TEST(PostgresUrl, a_password_that_is_not_encoded_is_refused_without_being_shown) {
  for (const char* url : {"postgresql://user:hunt/er22@host/db", "postgresql://user:hunt@er22@host",
                          "postgresql://user:hunt?er22@host/db", "postgresql://u:hunt er22@host",
                          "postgresql://user:12?hunt@host/er22"}) {
    ConnectionOptions options;
    options.url = url;
    const auto refused = ConnectionPool{options}.query("SELECT 1");
    ASSERT_FALSE(refused) << url;
    EXPECT_EQ(refused.error().code, ErrorCode::invalid) << refused.error().message;
    EXPECT_THAT(refused.error().message, Not(HasSubstr("hunt")));
    EXPECT_THAT(refused.error().message, Not(HasSubstr("er22")));
  }
}

TEST(PostgresUrl, what_is_no_address_is_refused) {
  for (const char* url : {"", "sqlite", "mysql://u:hunter22@h", "host=127.0.0.1"}) {
    const auto refused = postgres::check_url(url);
    ASSERT_FALSE(refused) << url;
    EXPECT_EQ(refused.error().field, "url");
    EXPECT_THAT(refused.error().message, Not(HasSubstr("hunter22")));
  }
  EXPECT_TRUE(postgres::check_url("postgres://user:hunter22@[::1]:5432/db?sslmode=require"));
  EXPECT_TRUE(postgres::check_url("postgresql:///db?host=/var/run/postgresql"));
  EXPECT_TRUE(postgres::check_url("postgresql://host/db?user=a@b"));
}

TEST(PostgresUrl, what_the_user_set_stays_as_it_is) {
  ConnectionOptions options;
  options.url = "postgresql://u@h/d?connect_timeout=7&application_name=mine";
  options.password = "p&w d";
  const std::string text = postgres::connection_string(options);
  EXPECT_THAT(text, HasSubstr("connect_timeout=7"));
  EXPECT_THAT(text, Not(HasSubstr("connect_timeout=5")));
  EXPECT_THAT(text, Not(HasSubstr("application_name=hts")));
  EXPECT_THAT(text, HasSubstr("&password=p%26w%20d"));
  EXPECT_EQ(postgres::shown_url(options),
            "postgresql://u@h/d?connect_timeout=7&application_name=mine");
}

TEST(PostgresUrl, a_password_in_a_message_is_not_shown) {
  ConnectionOptions options;
  options.url = "postgresql://u:hunter%32%32@h/d";
  options.password = "another1";
  EXPECT_EQ(postgres::shown_message(options, "FATAL:  no hunter22, no another1.\nDETAIL: x"),
            "no ***, no ***");
}

}  // namespace
}  // namespace hts::testing
