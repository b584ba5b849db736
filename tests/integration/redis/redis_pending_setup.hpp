#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "adapters/redis/connection.hpp"
#include "redis_store_setup.hpp"

namespace hts::testing {

/// Who has an entry, and how often it was handed out.
struct Holder {
  std::string worker;
  std::int64_t deliveries = 0;

  friend bool operator==(const Holder&, const Holder&) = default;
};

inline void PrintTo(const Holder& holder, std::ostream* out) {
  *out << holder.worker << " (" << holder.deliveries << ')';
}

/// A store, and the streams of its jobs of priority 5 as any tool of Redis sees them.
class RedisPending : public ::testing::Test {
 protected:
  /// Jobs of a stream, by their entries.
  [[nodiscard]] std::map<std::string, std::string> jobs_in(const std::string& stream) {
    std::map<std::string, std::string> jobs;
    const auto found = taken_reply(connection_->run({"XRANGE", prefix_ + stream, "-", "+"}));
    for (std::size_t i = 0; i < found.view().size(); ++i) {
      jobs.emplace(found.view()[i][0].text(), found.view()[i][1][1].text());
    }
    return jobs;
  }
  /// Pending entries of both streams, by their jobs; one that is in no stream by its number.
  [[nodiscard]] std::multimap<std::string, Holder> pending() {
    std::multimap<std::string, Holder> all;
    for (const std::string stream : {"queue:5", "again:5"}) {
      const auto jobs = jobs_in(stream);
      const auto found =
          taken_reply(connection_->run({"XPENDING", prefix_ + stream, "hts", "-", "+", "1000000"}));
      if (found.view().is_error()) continue;
      for (std::size_t i = 0; i < found.view().size(); ++i) {
        const redis::ReplyView entry = found.view()[i];
        const auto job = jobs.find(std::string(entry[0].text()));
        all.emplace(job != jobs.end() ? job->second : std::string(entry[0].text()),
                    Holder{std::string(entry[1].text()), entry[3].integer()});
      }
    }
    return all;
  }
  /// The same without how often.
  [[nodiscard]] std::multimap<std::string, std::string> holders() {
    std::multimap<std::string, std::string> all;
    for (const auto& [job, holder] : pending()) all.emplace(job, holder.worker);
    return all;
  }
  [[nodiscard]] std::int64_t entries_of(const std::string& stream) {
    return taken_reply(connection_->run({"XLEN", prefix_ + stream})).view().integer();
  }
  /// By hand, as nobody should.
  void remove_entry(const std::string& stream, const std::string& entry) {
    (void)connection_->run({"XDEL", prefix_ + stream, entry});
  }
  void acknowledge(const std::string& stream, const std::string& entry) {
    (void)connection_->run({"XACK", prefix_ + stream, "hts", entry});
  }

  /// Leases that are over by then are lost; nobody claims.
  void recover(time::Timestamp now) {
    ports::JobBatch batch;
    batch.now = now;
    batch.recover = true;
    (void)taken(store_->transact(batch));
  }
  [[nodiscard]] std::vector<jobs::JobRecord> claim(const std::string& worker, std::uint32_t most,
                                                   time::Timestamp now = job_start) {
    ports::JobBatch batch = claim_of(worker, most);
    batch.now = now;
    batch.recover = true;
    return taken(store_->transact(batch)).claimed;
  }
  void finish(const jobs::JobRecord& record, jobs::WorkEnd end) {
    ports::JobBatch batch;
    batch.now = job_start;
    batch.finishes.push_back({record.job.id, record.lease->token, std::move(end)});
    (void)taken(store_->transact(batch));
  }
  /// Killed; what it had answered by then is on its disk.
  void restart_server() {
    server_.command("CONFIG SET appendfsync always");
    server_.command("SET written now");
    server_.kill();
    server_.start();
    connection_ = redis::Connection::open(*redis::parse_address(server_.url()), "", {});
  }

  RedisServer server_;
  std::unique_ptr<ports::JobStore> store_ = store_on(server_);
  result::Result<redis::Connection> connection_ =
      redis::Connection::open(*redis::parse_address(server_.url()), "", {});
  const std::string prefix_ = "hts:{jobs}:";

 private:
  [[nodiscard]] static redis::Reply taken_reply(result::Result<redis::Reply> reply) {
    EXPECT_TRUE(reply) << reply.error().message;
    return reply ? std::move(*reply) : redis::Reply(nullptr);
  }
};

}  // namespace hts::testing
