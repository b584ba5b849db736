#include "adapters/redis/step_runner.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <random>
#include <utility>

#include "adapters/redis/scripts.hpp"

namespace hts::redis {
namespace {

/// Long enough to be cheap, short enough not to keep others waiting for long.
constexpr std::size_t most_items_of_call = 128;
/// Somebody else was faster this often: the server is fine, the job is fought over.
constexpr int most_rounds = 100;
/// Far more than one process works on; those forgotten are read again.
constexpr std::size_t most_held_jobs = 16'384;

}  // namespace

VersionNames::VersionNames() {
  std::random_device random;
  std::array<char, 16> text{};
  for (int i = 0; i < 2; ++i) {
    const auto end = std::to_chars(text.data(), text.data() + text.size(), random(), 36).ptr;
    origin_.append(text.data(), end);
  }
}

std::string VersionNames::next() {
  std::array<char, 16> text{};
  const auto end =
      std::to_chars(text.data(), text.data() + text.size(), last_.fetch_add(1) + 1, 36).ptr;
  return origin_ + "." + std::string(text.data(), end);
}

void HeldJobs::put(const jobs::JobId& id, VersionedRecord record) {
  const std::scoped_lock lock(mutex_);
  if (records_.size() >= most_held_jobs) records_.clear();
  records_.insert_or_assign(id, std::move(record));
}

void HeldJobs::erase(const jobs::JobId& id) {
  const std::scoped_lock lock(mutex_);
  records_.erase(id);
}

std::optional<VersionedRecord> HeldJobs::find(const jobs::JobId& id) const {
  const std::scoped_lock lock(mutex_);
  const auto found = records_.find(id);
  if (found == records_.end()) return std::nullopt;
  return found->second;
}

StepRunner::StepRunner(Link& link, std::string prefix, VersionNames& names, HeldJobs& held_jobs,
                       time::Timestamp now)
    : link_(link),
      prefix_(std::move(prefix)),
      names_(names),
      held_jobs_(held_jobs),
      shelf_(link, prefix_, now) {}

void StepRunner::assume_held(const std::vector<Step>& steps) {
  for (const Step& step : steps) {
    if (!step.stands_alone || shelf_.holds(step.id)) continue;
    auto held = held_jobs_.find(step.id);
    const bool is_alone = held && held->record.whole.empty();
    if (is_alone) shelf_.put(step.id, std::move(held), true);
  }
}

result::Status StepRunner::run(std::vector<Step> steps, const Pipeline& last) {
  assume_held(steps);
  changed_.assign(steps.size(), {});
  std::vector<std::size_t> todo(steps.size());
  for (std::size_t i = 0; i < todo.size(); ++i) todo[i] = i;
  Pipeline then = last;
  for (int round = 0; round < most_rounds; ++round) {
    std::vector<jobs::JobId> ids;
    for (const std::size_t step : todo) ids.push_back(steps[step].id);
    if (auto read = shelf_.read(ids); !read) return read;
    std::vector<std::size_t> again;
    if (auto computed = compute(steps, todo, again); !computed) return computed;
    const bool is_last = again.empty();
    if (auto written = write(is_last ? then : Pipeline{}, again); !written) return written;
    if (is_last) then = {};
    if (again.empty()) return result::success();
    std::ranges::sort(again);
    todo = std::move(again);
  }
  return result::make_error(result::ErrorCode::unavailable,
                            "Others change the same jobs again and again: wait a moment.");
}

result::Status StepRunner::compute(const std::vector<Step>& steps,
                                   const std::vector<std::size_t>& todo,
                                   std::vector<std::size_t>& again) {
  for (const std::size_t number : todo) {
    const Step& step = steps[number];
    // A record that was forgotten in this round is behind what the server has.
    if (!shelf_.holds(step.id)) {
      again.push_back(number);
      continue;
    }
    jobs::ChangedJobs changed;
    shelf_.begin_step();
    step.work(shelf_, changed);
    if (shelf_.failure()) return *shelf_.failure();
    if (!shelf_.end_step(names_.next(), arguments_)) {
      if (shelf_.is_assumed(step.id)) {
        if (auto written = write({}, again); !written) return written;
        shelf_.forget(step.id);
        again.push_back(number);
      } else {
        remember(number, changed.ids());
      }
      continue;
    }
    open_.push_back({number, shelf_.touched(), changed.ids()});
    if (++items_ == most_items_of_call) close_call();
    if (shelf_.made_records()) {
      if (auto written = write({}, again); !written) return written;
      for (const jobs::JobId& id : shelf_.touched()) shelf_.forget(id);
    }
  }
  return result::success();
}

void StepRunner::close_call() {
  if (items_ == 0) return;
  begin_script(pipeline_, change_script(), prefix_);
  pipeline_.argument(names_.origin());
  pipeline_.argument(items_);
  for (const std::string& argument : arguments_) pipeline_.argument(argument);
  pipeline_.end();
  items_of_call_.push_back(items_);
  arguments_.clear();
  items_ = 0;
}

result::Status StepRunner::write(const Pipeline& last, std::vector<std::size_t>& again) {
  close_call();
  const std::size_t calls = pipeline_.size();
  pipeline_.append(last);
  if (pipeline_.empty()) return result::success();
  auto replies = link_.run(pipeline_);
  const auto open = std::exchange(open_, {});
  const auto items_of_call = std::exchange(items_of_call_, {});
  pipeline_ = {};
  if (!replies) {
    for (const Written& item : open) {
      for (const jobs::JobId& id : item.touched) held_jobs_.erase(id);
    }
    return replies.error();
  }
  std::size_t next = 0;
  for (std::size_t call = 0; call < calls; ++call) {
    const ReplyView reply = (*replies)[call].view();
    if (reply.is_error()) return refused_by_server(link_.address().text(), reply.text());
    for (std::size_t item = 0; item < items_of_call[call]; ++item, ++next) {
      const Written& written = open[next];
      if (reply[item].integer() == 1) {
        remember(written.step, written.changed);
        continue;
      }
      for (const jobs::JobId& id : written.touched) {
        shelf_.forget(id);
        held_jobs_.erase(id);
      }
      again.push_back(written.step);
    }
  }
  for (const Written& item : open) {
    for (const jobs::JobId& id : item.touched) {
      if (!shelf_.holds(id)) continue;
      const jobs::JobRecord* record = shelf_.find(id);
      if (record != nullptr && record->lease) {
        held_jobs_.put(id, {*record, shelf_.version(id)});
      } else {
        held_jobs_.erase(id);
      }
    }
  }
  if (!last.empty()) {
    last_replies_.clear();
    std::move(replies->begin() + static_cast<std::ptrdiff_t>(calls), replies->end(),
              std::back_inserter(last_replies_));
  }
  return result::success();
}

void StepRunner::remember(std::size_t step, const std::vector<jobs::JobId>& ids) {
  changed_[step] = ids;
  for (const jobs::JobId& id : ids) {
    if (const jobs::JobRecord* record = shelf_.find(id)) {
      changed_records_.insert_or_assign(id, *record);
    }
  }
}

std::vector<jobs::JobRecord> StepRunner::changed() const {
  jobs::ChangedJobs all;
  for (const auto& ids : changed_) {
    for (const jobs::JobId& id : ids) all.add(id);
  }
  std::vector<jobs::JobRecord> records;
  for (const jobs::JobId& id : all.ids()) {
    if (const auto found = changed_records_.find(id); found != changed_records_.end()) {
      records.push_back(found->second);
    }
  }
  return records;
}

}  // namespace hts::redis
