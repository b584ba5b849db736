#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "config/simulation/daemon_life.hpp"
#include "config/simulation/dice.hpp"
#include "config/simulation/events.hpp"
#include "config/simulation/job_truth.hpp"
#include "config/simulation/plan.hpp"

namespace hts::simulation {

/// The programs that leave their backtests to the queue: they submit, with an idempotency key or
/// without, and again after a lost answer when they have one; poll, cancel, retry, look after the
/// dead letters, pause the queue and resume it. They outlive the daemon's lives.
class JobClients {
 public:
  JobClients(const Plan& plan, Dice dice, Referee& referee, JobTruth& truth,
             const std::vector<KnownBacktest>& backtests);

  void meet(DaemonLife& life, Events& events);
  void part();
  /// From now on nothing new: the queue is resumed, and what has been submitted may end.
  void retire() noexcept { retired_ = true; }

  [[nodiscard]] std::uint64_t requests() const noexcept { return requests_; }
  [[nodiscard]] const std::map<int, std::uint64_t>& answers() const noexcept { return answers_; }

 private:
  /// What was sent and may have been accepted.
  struct Submission {
    ClientRequest request;
    JobTruth::Submission what;
  };
  using OnAnswer = std::function<void(const http::Response&, std::uint64_t asked_at)>;

  void schedule(Events& events);
  void act(Events& events);
  /// `may_leave`: the client may lose its patience before the answer.
  void ask(Events& events, const ClientRequest& request, OnAnswer on_answer, bool may_leave = true);
  void check_status(const std::string& what, const http::Response& response,
                    std::initializer_list<int> allowed);

  [[nodiscard]] Submission draw_submission();
  void submit(Events& events, Submission submission);
  void poll(Events& events);
  void cancel(Events& events);
  void retry(Events& events);
  void requeue_dead_letters(Events& events);
  void drop_dead_letters(Events& events);
  void pause_or_resume(Events& events, bool pause);
  void look_around(Events& events);
  [[nodiscard]] const std::string& some_task();

  const Plan& plan_;
  Dice dice_;
  Referee& referee_;
  JobTruth& truth_;
  const std::vector<KnownBacktest>& backtests_;
  DaemonLife* life_ = nullptr;
  std::uint64_t generation_ = 0;
  std::deque<Submission> unanswered_;  ///< with a key: repeated until they are answered
  bool retired_ = false;
  std::uint64_t last_key_ = 0;
  std::uint64_t requests_ = 0;
  std::map<int, std::uint64_t> answers_;
};

}  // namespace hts::simulation
