#include "adapters/cli/job_watch.hpp"

#include <chrono>
#include <cmath>
#include <ostream>
#include <thread>

#include <boost/json.hpp>

#include "adapters/cli/daemon_answer.hpp"
#include "adapters/cli/progress_bar.hpp"

namespace hts::cli {
namespace {

constexpr std::chrono::seconds look_deadline{5};
constexpr std::chrono::milliseconds between_looks{500};
constexpr std::chrono::milliseconds look_at_keys{20};
constexpr int looks_without_answer = 120;

class JobWatch {
 public:
  JobWatch(const std::string& daemon, std::string task_id, bool as_json,
           CommandEnvironment& environment)
      : task_id_(std::move(task_id)),
        job_url_(daemon + "/api/jobs/" + task_id_),
        events_url_(daemon + "/api/events?task_id=" + task_id_),
        as_json_(as_json),
        environment_(environment),
        bar_(environment.err, environment.terminal) {}

  int run() {
    look();
    if (status_) return *status_;
    first_look_ = false;
    while (goes_on()) {
      // Events end with the daemon, or are not offered; then it is asked.
      (void)daemon_client::listen(
          events_url_, [this] { look(); },
          [this](const daemon_client::Event& event) { take(event); }, [this] { return goes_on(); });
      for (auto waited = look_at_keys; goes_on() && waited < between_looks; waited += look_at_keys)
        std::this_thread::sleep_for(look_at_keys);
      if (goes_on()) look();
    }
    bar_.erase();
    if (status_) return *status_;
    environment_.err << "hts: the job goes on; 'hts jobs watch " << task_id_
                     << "' shows it again, 'hts jobs cancel " << task_id_ << "' ends it.\n";
    return exit_failed;
  }

 private:
  [[nodiscard]] bool goes_on() const {
    return !status_ && !(environment_.interrupted && environment_.interrupted());
  }

  void look() {
    const auto job = document_of(daemon_client::get(job_url_, look_deadline));
    if (job) {
      silent_looks_ = 0;
      return show(*job);
    }
    const bool may_come_back = job.error().code == result::ErrorCode::network ||
                               job.error().code == result::ErrorCode::unavailable;
    if (!first_look_ && may_come_back && ++silent_looks_ < looks_without_answer) return;
    bar_.erase();
    status_ = report(job.error(), environment_, exit_status_of(job.error()));
  }

  void take(const daemon_client::Event& event) {
    if (event.name != "job") return look();  // something was missed
    boost::system::error_code error;
    const auto data = boost::json::parse(event.data, error);
    if (error || !data.is_object()) return;
    const std::string state = member_text(data.get_object(), "status");
    // The job itself tells of its end, with all there is to say.
    state == "queued" || state == "running" ? show(data.get_object()) : look();
  }

  void show(const boost::json::object& job) {
    const std::string state = member_text(job, "status");
    if (state == "completed" || state == "failed" || state == "cancelled") return end(job, state);
    const double progress = member_number(job, "progress");
    bar_.show(state, static_cast<std::uint64_t>(std::lround(progress * 1000)), 1000);
    if (!environment_.terminal && !as_json_ && state != shown_state_) {
      environment_.out << "The job is " << state << ".\n" << std::flush;
    }
    shown_state_ = state;
  }

  void end(const boost::json::object& job, const std::string& state) {
    if (status_) return;
    bar_.erase();
    status_ = state == "completed" ? exit_success : exit_failed;
    if (as_json_) {
      environment_.out << boost::json::serialize(job) << "\n";
      return;
    }
    environment_.out << "The job is " << state << ".\n";
    const auto* error = job.if_contains("error");
    if (state == "failed" && error != nullptr && error->is_object()) {
      environment_.out << member_text(error->get_object(), "message") << "\n";
    }
    if (const std::string run_id = member_text(job, "run_id"); run_id != "-") {
      environment_.out << "Its result: GET /api/backtests/" << run_id << "\n";
    }
  }

  const std::string task_id_;
  const std::string job_url_;
  const std::string events_url_;
  const bool as_json_;
  CommandEnvironment& environment_;
  ProgressBar bar_;
  bool first_look_ = true;
  int silent_looks_ = 0;
  std::string shown_state_;
  std::optional<int> status_;  // with which the watch is over
};

}  // namespace

int watch_job(const std::string& daemon, const std::string& task_id, bool as_json,
              CommandEnvironment& environment) {
  return JobWatch{daemon, task_id, as_json, environment}.run();
}

}  // namespace hts::cli
