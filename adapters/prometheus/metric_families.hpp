#pragma once

#include <string>
#include <vector>

#include <prometheus/metric_family.h>

#include "actors/messages.hpp"
#include "adapters/prometheus/metrics.hpp"
#include "engine/runtime/snapshot.hpp"

/// Readings turned into metric families. Inside of this folder; included by its own .cpp files
/// only.
namespace hts::prometheus {

using Families = std::vector<::prometheus::MetricFamily>;

/// A gauge or counter without labels.
[[nodiscard]] ::prometheus::MetricFamily single(::prometheus::MetricType type, const char* name,
                                                const char* help, double value);
void add_build_family(Families& families, const std::string& version);
/// Actors of the same name, which follow each other when one is replaced, count as one.
void add_actor_families(Families& families, const std::vector<runtime::ActorSnapshot>& actors);
void add_lane_families(Families& families, const std::vector<runtime::LaneSnapshot>& lanes);
void add_job_families(Families& families, const actors::SchedulerStatus& status,
                      time::Timestamp now);
void add_alert_families(Families& families, const actors::NotifierStatus& status,
                        time::Timestamp now);
void add_journal_families(Families& families, const JournalReadings& journal);
void add_result_families(Families& families, const ResultReadings& results);
void add_webhook_families(Families& families, const std::vector<WebhookReadings>& webhooks);
void add_web_socket_families(Families& families, const WebSocketReadings& web_sockets);
void add_publish_families(Families& families, const PublishReadings& publishing);
void add_backlog_families(Families& families, const std::vector<BacklogReadings>& backlogs,
                          time::Timestamp now);
void add_live_families(Families& families, const LiveReadings& live, time::Timestamp now);
void add_task_families(Families& families, const std::vector<scheduled_tasks::LineStatus>& tasks);
/// Resident memory, processor time, uptime and open files of this process, as /proc has them.
void add_process_families(Families& families);

}  // namespace hts::prometheus
