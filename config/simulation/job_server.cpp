#include "config/simulation/job_server.hpp"

#include <utility>

namespace hts::simulation {
namespace {

result::Error away(const char* what) {
  return result::make_error(result::ErrorCode::unavailable,
                            std::string{"The simulated job server "} + what + ": try again.");
}

/// The first items of the batch, as many as the dice let through.
ports::JobBatch beginning_of(const ports::JobBatch& batch, Dice& dice) {
  ports::JobBatch part = batch;
  part.submits.resize(dice.below(batch.submits.size() + 1));
  const bool all_submits = part.submits.size() == batch.submits.size();
  part.finishes.resize(all_submits ? dice.below(batch.finishes.size() + 1) : 0);
  const bool all_finishes = all_submits && part.finishes.size() == batch.finishes.size();
  if (!all_finishes) part.heartbeats.clear();
  part.claim.reset();
  return part;
}

}  // namespace

class JobServer::Connection final : public ports::JobStore {
 public:
  explicit Connection(JobServer& server) : server_(server) {}

  result::Result<ports::JobBatchResult> transact(const ports::JobBatch& batch) override {
    ports::JobBatch asked = batch;
    asked.now = server_.now_();
    if (!server_.outage_ && server_.dice_.chance(server_.faults_.cut_short)) {
      ++server_.faults_drawn_;
      (void)server_.watched_.transact(beginning_of(asked, server_.dice_));
      return away("was cut off in the middle of a batch");
    }
    auto answer = call([&] { return server_.watched_.transact(asked); });
    if (!batch.submits.empty() || !batch.finishes.empty()) {
      server_.signal(ports::JobSignal::Kind::work);
    }
    return answer;
  }
  result::Result<jobs::JobRecord> find(const jobs::JobId& id) override {
    return call([&] { return server_.watched_.find(id); });
  }
  result::Result<ports::JobPage> list(const ports::JobFilter& filter, std::uint64_t offset,
                                      std::uint64_t limit) override {
    return call([&] { return server_.watched_.list(filter, offset, limit); });
  }
  result::Result<ports::JobCounts> counts() override {
    return call([&] { return server_.watched_.counts(); });
  }
  result::Result<std::vector<std::string>> part_outputs(const jobs::JobId& whole) override {
    return call([&] { return server_.watched_.part_outputs(whole); });
  }
  result::Result<std::vector<jobs::JobRecord>> cancel(const jobs::JobId& id,
                                                      time::Timestamp) override {
    auto answer = call([&] { return server_.watched_.cancel(id, server_.now_()); }, once);
    server_.signal(ports::JobSignal::Kind::cancel_requested, id);
    return answer;
  }
  result::Result<std::vector<jobs::JobRecord>> retry(const jobs::JobId& id,
                                                     time::Timestamp) override {
    return call([&] { return server_.watched_.retry(id, server_.now_()); }, once);
  }
  result::Result<std::uint64_t> requeue_dead_letters(const std::optional<jobs::JobId>& id,
                                                     time::Timestamp) override {
    return call([&] { return server_.watched_.requeue_dead_letters(id, server_.now_()); }, once);
  }
  result::Result<std::uint64_t> drop_dead_letters(const std::optional<jobs::JobId>& id) override {
    return call([&] { return server_.watched_.drop_dead_letters(id); }, once);
  }
  result::Status set_paused(bool paused) override {
    return call([&] { return server_.watched_.set_paused(paused); });
  }
  result::Result<std::vector<jobs::JobRecord>> release(const std::string& worker,
                                                       time::Timestamp) override {
    return call([&] { return server_.watched_.release(worker, server_.now_()); }, once);
  }
  result::Result<std::uint64_t> clean_up(time::Timestamp finished_before,
                                         std::uint64_t most) override {
    return call([&] { return server_.watched_.clean_up(finished_before, most); });
  }

 private:
  /// Whether a client library may send it a second time by itself.
  static constexpr bool once = false;

  template <class Call>
  auto call(Call&& ask, bool may_repeat = true) -> decltype(ask()) {
    const NetworkFaults& faults = server_.faults_;
    Dice& dice = server_.dice_;
    if (server_.outage_) return away("does not answer");
    if (dice.chance(faults.request_lost)) {
      ++server_.faults_drawn_;
      return away("cannot be reached");
    }
    if (may_repeat && dice.chance(faults.repeated)) {
      ++server_.faults_drawn_;
      (void)ask();
    }
    auto answer = ask();
    if (dice.chance(faults.reply_lost)) {
      ++server_.faults_drawn_;
      return away("did not answer in time");
    }
    return answer;
  }

  JobServer& server_;
};

JobServer::JobServer(Dice dice, JobWatch& watch, std::function<time::Timestamp()> now)
    : dice_(dice), now_(std::move(now)), watched_(table_, watch) {}

void JobServer::signal(ports::JobSignal::Kind kind, const jobs::JobId& id) {
  if (!hear_ || outage_ || dice_.chance(faults_.reply_lost)) return;
  hear_({kind, id});
}

std::unique_ptr<ports::JobStore> JobServer::connect() {
  return std::make_unique<Connection>(*this);
}

}  // namespace hts::simulation
