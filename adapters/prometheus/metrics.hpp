#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "actors/messages.hpp"
#include "adapters/scheduled_tasks/task_run.hpp"
#include "engine/runtime/snapshot.hpp"

/// What the daemon tells Prometheus: `hts_` names, base units, labels from closed sets only (routes
/// are templates, never raw paths), so that no client can make series.
namespace hts::prometheus {

/// The media type of `Metrics::text`.
inline constexpr std::string_view text_media_type = "text/plain; version=0.0.4; charset=utf-8";

/// What a journal has written since the start.
struct JournalReadings {
  std::uint64_t records = 0;
  std::uint64_t bytes = 0;
  std::uint64_t lost_records = 0;
  std::uint64_t backlog_bytes = 0;  ///< accepted and not yet written
  struct Bucket {
    double upper_bound_seconds = 0;  ///< of the last one: infinity
    std::uint64_t count = 0;         ///< in this one alone
  };
  std::vector<Bucket> fsync;
  double fsync_seconds = 0;
  std::string problem;  ///< empty while it can be written
};

/// Of a database of results on another machine.
struct ResultReadings {
  std::uint64_t waiting = 0;  ///< runs and jobs that it has not taken yet
  bool is_reachable = true;
};

/// What was accepted and waits on this machine for somebody who is away or busy.
struct BacklogReadings {
  std::string place;  ///< "spool", "results_outbox", "job_history": from a closed set
  std::uint64_t waiting = 0;
  std::uint64_t bytes = 0;
  std::optional<time::Timestamp> oldest;  ///< nothing: nothing waits, or it is not known

  /// 0 when there is none, or a clock was set back.
  [[nodiscard]] double age_seconds(time::Timestamp now) const {
    if (!oldest || *oldest > now) return 0;
    return std::chrono::duration<double>(now - *oldest).count();
  }
};

/// Requests to one of the daemon's webhooks that ended in one way.
struct WebhookReadings {
  std::string webhook;       ///< a name that was configured
  std::string_view outcome;  ///< a literal: "accepted", "unsigned", "stale", ...
  std::uint64_t requests = 0;
};

/// Of what goes out to Redis.
struct PublishReadings {
  std::uint64_t waiting = 0;
  std::uint64_t published = 0;
  std::uint64_t dropped = 0;
  bool is_reachable = true;
};

struct WebSocketReadings {
  std::uint64_t clients = 0;
  std::uint64_t cut_off = 0;  ///< because they read too slowly
};

/// Of live trading, as far as somebody answered.
struct LiveReadings {
  std::optional<ports::FeedFigures> feed;
  std::shared_ptr<const actors::MarketStatus> market;  ///< null: nothing is followed
  std::optional<actors::SessionStatus> session;
  std::vector<actors::LivePosition> positions;
};

/// What is read at the moment of a scrape.
struct Readings {
  std::string version;
  time::Timestamp now{};
  std::vector<runtime::ActorSnapshot> actors;
  std::vector<runtime::LaneSnapshot> lanes;
  /// Nothing when the scheduler did not answer: its series are left out rather than wrong.
  std::optional<actors::SchedulerStatus> jobs;
  /// Nothing in a process that sends no alerts.
  std::optional<actors::NotifierStatus> alerts;
  /// Nothing without a journal.
  std::optional<JournalReadings> journal;
  /// Nothing when results are in a file of this machine.
  std::optional<ResultReadings> results;
  std::vector<BacklogReadings> backlogs;
  LiveReadings live;
  std::vector<scheduled_tasks::LineStatus> tasks;
  std::vector<WebhookReadings> webhooks;
  std::optional<WebSocketReadings> web_sockets;
  std::optional<PublishReadings> publishing;
};

/// Counts what happens between scrapes and writes everything in Prometheus' text format. Any
/// thread.
class Metrics {
 public:
  Metrics();
  ~Metrics();
  Metrics(const Metrics&) = delete;
  Metrics& operator=(const Metrics&) = delete;

  /// One answered request. A look-up and two atomic additions once the series exists.
  void count_request(std::string_view method, std::string_view route, int status, double seconds);

  /// Reads /proc for the process' own figures. O(series).
  [[nodiscard]] std::string text(const Readings& readings) const;

 private:
  struct Implementation;
  std::unique_ptr<Implementation> implementation_;
};

}  // namespace hts::prometheus
