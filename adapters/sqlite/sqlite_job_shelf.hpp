#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "adapters/sqlite/sqlite_connection.hpp"
#include "engine/jobs/job_steps.hpp"

namespace hts::sqlite {

/// The jobs of one transaction: read when they are first needed, changed in memory, written once.
/// Those with a lease stay in memory for the next one, unless another connection has written in
/// between: most of what comes next is about them. Included only by the sources of this folder. One
/// thread.
///
/// Every call after `begin` does nothing more once the database has refused something; `commit`
/// tells what.
class SqliteJobShelf final : public jobs::JobShelf {
 public:
  /// For the writing connection of a database that is up to date.
  [[nodiscard]] static result::Result<std::unique_ptr<SqliteJobShelf>> open(Connection connection);

  [[nodiscard]] result::Status begin(time::Timestamp now);
  /// Writes what was changed, durably.
  [[nodiscard]] result::Status commit();
  /// What the database refused since `begin`.
  [[nodiscard]] std::optional<result::Error> refusal() const { return error_; }
  /// Forgets all since `begin`.
  void abandon();

  // jobs::JobShelf. Records are without request and output.
  [[nodiscard]] jobs::JobRecord* edit(const jobs::JobId& id) override;
  jobs::JobRecord& add(jobs::JobRecord record) override;
  [[nodiscard]] std::uint64_t next_sequence() override { return ++last_sequence_; }

  /// As it is now; null when it is not there.
  [[nodiscard]] const jobs::JobRecord* look(const jobs::JobId& id);
  /// False when its id is there.
  [[nodiscard]] bool insert(jobs::NewJob job);
  struct Keyed {
    jobs::JobId id;
    bool is_same = false;  ///< kind and request are those asked for
  };
  [[nodiscard]] std::optional<Keyed> find_key(const jobs::NewJob& job);
  /// Queued, without parts.
  [[nodiscard]] std::uint64_t queued();
  /// Due from now on: those whose time has come.
  void wake();
  /// With requests; in order.
  [[nodiscard]] std::vector<jobs::JobRecord> claim(const std::string& worker, std::uint32_t most,
                                                   time::Duration lease);
  /// Those whose lease is over; or, of a worker, all it holds.
  [[nodiscard]] std::vector<jobs::JobId> leases_over();
  [[nodiscard]] std::vector<jobs::JobId> leases_of(const std::string& worker);
  [[nodiscard]] std::vector<jobs::JobId> dead_letters();
  [[nodiscard]] std::uint64_t erase_finished(time::Timestamp before, std::uint64_t most);
  [[nodiscard]] bool paused() const noexcept { return paused_; }
  void set_paused(bool paused);

 private:
  struct Held {
    jobs::JobRecord record;
    std::int64_t place = -1;  ///< in the database; less than 0: not there
    bool is_edited = true;
  };
  /// place, kind, is part
  using Sort = std::tuple<std::int64_t, std::string, bool>;

  explicit SqliteJobShelf(Connection connection) : connection_(std::move(connection)) {}
  [[nodiscard]] result::Status prepare();
  /// The next row; false at the end and after an error.
  [[nodiscard]] bool row(Statement& statement);
  bool run(Statement& statement);
  void count(std::int64_t place, const jobs::JobRecord& record, std::int64_t change);
  void move(const jobs::JobRecord& record, std::int64_t from, std::int64_t to);
  [[nodiscard]] Held* hold(const jobs::JobId& id);
  /// Writes what was edited: before a question to the database about many.
  void flush();
  void write(Held& held);
  void write_counts();
  void erase(const jobs::JobRecord& record);
  /// Lets go of what the next transaction is not likely to ask for.
  void keep_leased();
  [[nodiscard]] std::vector<jobs::JobId> ids_of(Statement& select);

  Connection connection_;
  Statement insert_;
  Statement insert_request_;
  Statement insert_output_;
  Statement update_;
  Statement claim_;
  Statement select_;
  Statement select_key_;
  Statement select_due_;
  Statement select_waking_;
  Statement wake_;
  Statement select_over_;
  Statement select_of_worker_;
  Statement select_dead_letters_;
  Statement select_finished_;
  Statement select_parts_;
  Statement erase_;
  Statement erase_request_;
  Statement erase_output_;
  Statement change_count_;
  Statement select_queued_;
  Statement select_queue_;
  Statement update_queue_;
  Statement select_version_;

  std::optional<Transaction> transaction_;
  std::optional<result::Error> error_;
  time::Timestamp now_{};
  std::map<jobs::JobId, Held> held_;
  std::map<Sort, std::int64_t> changed_counts_;
  std::uint64_t last_sequence_ = 0;
  bool paused_ = false;
  std::int64_t version_ = 0;  ///< changes when another connection writes
  std::uint64_t stored_sequence_ = 0;
  bool stored_paused_ = false;
};

}  // namespace hts::sqlite
