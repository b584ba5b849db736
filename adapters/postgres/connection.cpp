#include "adapters/postgres/connection.hpp"

#include <exception>
#include <string_view>
#include <utility>

#include <pqxx/connection>
#include <pqxx/except>
#include <pqxx/nontransaction>
#include <pqxx/prepared_statement>
#include <pqxx/result>
#include <unistd.h>

#include "adapters/postgres/database_text.hpp"

namespace hts::postgres {
namespace {

using result::ErrorCode;
using result::make_error;
using result::Result;
using result::Status;

/// The server ends a statement itself; only when it says nothing at all is the socket cut.
constexpr std::chrono::milliseconds grace{500};

/// A second name for a socket, so that it can be cut whatever the library does with its own.
class SocketCopy {
 public:
  explicit SocketCopy(int socket) : copy_(::dup(socket)) {}
  ~SocketCopy() {
    if (copy_ >= 0) ::close(copy_);
  }
  SocketCopy(const SocketCopy&) = delete;
  SocketCopy& operator=(const SocketCopy&) = delete;
  [[nodiscard]] int get() const noexcept { return copy_; }

 private:
  int copy_;
};

std::string seconds_text(std::chrono::milliseconds time) {
  const auto tenths = time.count() / 100;
  const std::string whole = std::to_string(tenths / 10);
  return (tenths % 10 == 0 ? whole : whole + "." + std::to_string(tenths % 10)) + " s";
}

/// What the server's refusal means, as the rest of a sentence that begins with the database.
/// `state` is its SQLSTATE.
std::pair<ErrorCode, std::string> meaning_of(std::string_view state, const std::string& message) {
  if (state == "53100") {
    return {ErrorCode::storage,
            "cannot grow: its disk is full. Free some space and try again; nothing was changed."};
  }
  if (state == "53300") {
    return {ErrorCode::unavailable,
            "has too many connections. Raise its max_connections or lower results.connections."};
  }
  if (state == "25006") {
    return {ErrorCode::unavailable,
            "can only be read, as a stand-by server. Give the address of the primary one."};
  }
  if (state == "42501") {
    return {ErrorCode::storage,
            "does not let this user do that: " + message + ". Grant it, or use another user."};
  }
  if (state == "42P01" || state == "42703") {
    return {ErrorCode::storage, "has not the engine's tables: " + message +
                                    ". Run `hts db status` and `hts db migrate`."};
  }
  if (state.starts_with("53") || state.starts_with("57P")) {
    return {ErrorCode::unavailable, "cannot work now: " + message + ". Try again."};
  }
  return {ErrorCode::storage, "gave an error: " + message + "."};
}

}  // namespace

struct Connection::State {
  State(const ConnectionOptions& given, Watchdog& dog)
      : options(given),
        watchdog(dog),
        connection(connection_string(given)),
        socket(connection.sock()) {}

  template <class Work>
  auto guarded(Work&& work) -> Result<decltype(work(std::declval<pqxx::nontransaction&>()))>;
  [[nodiscard]] result::Error too_slow();
  [[nodiscard]] result::Error lost(std::string_view message);
  [[nodiscard]] result::Error refused(ErrorCode code, const std::string& meaning) const {
    return make_error(code, "The database " + shown_url(options) + " " + meaning, "url");
  }

  ConnectionOptions options;
  Watchdog& watchdog;
  pqxx::connection connection;
  SocketCopy socket;
  bool is_lost = false;
  bool was_too_slow = false;
  bool may_try_again = false;
};

result::Error Connection::State::too_slow() {
  was_too_slow = true;
  return refused(ErrorCode::unavailable, "did not answer within " +
                                             seconds_text(options.statement_timeout) +
                                             ". Check the server and the network, then try again.");
}

result::Error Connection::State::lost(std::string_view message) {
  is_lost = true;
  return refused(ErrorCode::unavailable,
                 "broke the connection: " + shown_message(options, message) +
                     ". Check the server and the network, then try again.");
}

template <class Work>
auto Connection::State::guarded(Work&& work)
    -> Result<decltype(work(std::declval<pqxx::nontransaction&>()))> {
  may_try_again = false;
  was_too_slow = false;
  // The library would open a new one in silence, without our settings.
  if (is_lost || !connection.is_open()) return lost("it was closed");
  const Watchdog::Watch watch{watchdog, socket.get(),
                              Watchdog::Clock::now() + options.statement_timeout + grace};
  try {
    pqxx::nontransaction transaction{connection};
    return work(transaction);
  } catch (const pqxx::sql_error& error) {
    const std::string& state = error.sqlstate();
    if (watch.is_over()) {
      is_lost = true;
      return too_slow();
    }
    // Ended by an administrator or with the server: the connection goes with the statement.
    if (!connection.is_open() || state.starts_with("57P")) return lost(error.what());
    if (state == "57014") return too_slow();
    may_try_again = state == "40001" || state == "40P01";
    const auto [code, meaning] = meaning_of(state, shown_message(options, error.what()));
    return refused(code, meaning);
  } catch (const pqxx::transaction_rollback& error) {
    may_try_again = connection.is_open();
    if (!may_try_again) return lost(error.what());
    return refused(ErrorCode::unavailable,
                   "undid a change because of another one at the same time: " +
                       shown_message(options, error.what()) + ". Try again.");
  } catch (const std::exception& error) {
    if (watch.is_over()) {
      is_lost = true;
      return too_slow();
    }
    return lost(error.what());
  }
}

Connection::Connection(std::unique_ptr<State> state) : state_(std::move(state)) {}

Connection::Connection(Connection&&) noexcept = default;
Connection& Connection::operator=(Connection&&) noexcept = default;
Connection::~Connection() = default;

Result<Connection> Connection::open(const ConnectionOptions& options, Watchdog& watchdog) {
  if (auto sound = check_url(options.url); !sound) return std::move(sound).error();
  try {
    Connection connection{std::make_unique<State>(options, watchdog)};
    // Numbers are written so that they read back equal; times are never texts of a zone.
    auto ready = connection.query(
        "SELECT set_config('statement_timeout', $1, false), "
        "set_config('extra_float_digits', '1', false), "
        "set_config('client_min_messages', 'warning', false)",
        {std::to_string(options.statement_timeout.count())});
    if (!ready) return std::move(ready).error();
    return connection;
  } catch (const std::exception& error) {
    return make_error(ErrorCode::unavailable,
                      "The database " + shown_url(options) +
                          " cannot be reached: " + shown_message(options, error.what()) +
                          ". Check its address, that the server runs, and user and password.",
                      "url");
  }
}

Result<Rows> Connection::query(const std::string& sql, const std::vector<std::string>& parameters) {
  return state_->guarded([&](pqxx::nontransaction& transaction) {
    std::vector<std::string> texts;
    texts.reserve(parameters.size());
    for (const std::string& parameter : parameters) texts.push_back(database_text(parameter));
    const pqxx::result answer =
        transaction.exec_params(sql, pqxx::prepare::make_dynamic_params(texts));
    Rows rows{answer.columns(), answer.affected_rows()};
    for (const auto& row : answer) {
      for (const auto& field : row) {
        rows.add(field.is_null() ? std::nullopt
                                 : std::optional{std::string{field.c_str(), field.size()}});
      }
    }
    return rows;
  });
}

Status Connection::execute(const std::string& sql) {
  auto done = state_->guarded([&](pqxx::nontransaction& transaction) {
    transaction.exec(sql);
    return result::Nothing{};
  });
  return done;
}

bool Connection::is_lost() const noexcept {
  return state_->is_lost;
}

bool Connection::was_too_slow() const noexcept {
  return state_->was_too_slow;
}

bool Connection::may_try_again() const noexcept {
  return state_->may_try_again;
}

}  // namespace hts::postgres

#ifdef HTS_ADDRESS_SANITIZER
#include <sanitizer/lsan_interface.h>

// libpqxx 6.4 forgets the answer, 216 bytes, of a query whose connection is lost: it asks the lost
// connection for its encoding before it owns the answer.
extern "C" const char* __lsan_default_suppressions() {
  return "leak:pqxx::connection_base::exec_params\n";
}
#endif
