#include "explorer.hpp"

#include <algorithm>
#include <cstdlib>
#include <string_view>
#include <utility>

namespace hts::interleaving {
namespace {

constexpr std::size_t stack_bytes = 128 * 1024;

bool acquires(std::memory_order order) noexcept {
  return order != std::memory_order_relaxed && order != std::memory_order_release;
}
bool releases(std::memory_order order) noexcept {
  return order == std::memory_order_release || order == std::memory_order_acq_rel ||
         order == std::memory_order_seq_cst;
}

/// "bool a::B<C>::name(int) [with C = D]": name.
std::string name_of_function(const std::source_location& where) {
  std::string_view text = where.function_name();
  text = text.substr(0, text.find('('));
  return std::string(text.substr(text.find_last_of(": ") + 1));
}

std::string last_part(std::string_view path) {
  return std::string(path.substr(path.rfind('/') + 1));
}

}  // namespace

std::uint64_t mix(std::uint64_t a, std::uint64_t b) noexcept {
  std::uint64_t x = a ^ (b + 0x9e3779b97f4a7c15U + (a << 6) + (a >> 2));
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9U;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebU;
  return x ^ (x >> 31);
}

void Explorer::View::join(const View& other) noexcept {
  for (std::size_t i = 0; i < time.size(); ++i) time[i] = std::max(time[i], other.time[i]);
  for (std::size_t i = 0; i < seen.size(); ++i) seen[i] = std::max(seen[i], other.seen[i]);
}

Explorer::Explorer(const Limits& limits, std::optional<Weakening> weakening)
    : limits_(limits), weakening_(std::move(weakening)), contended_(most_variables, false) {
  for (Thread& thread : threads_) thread.fiber = std::make_unique<Fiber>(stack_bytes);
  for (Variable& variable : variables_) variable.versions.reserve(256);
  plains_.reserve(64);
  events_.reserve(1024);
  path_.reserve(4096);
  sites_.reserve(64);
  current_ = this;
}

Explorer::~Explorer() {
  current_ = nullptr;
}

Report Explorer::explore(const std::function<Scenario&()>& make) {
  bool more = true;
  while (more && report_.executions < limits_.executions) {
    run_once(make);
    ++report_.executions;
    if (end_ == End::failed) break;
    if (end_ == End::contended) {
      path_.clear();
      visited_.clear();
      continue;
    }
    if (end_ == End::finished) ++report_.finished;
    more = go_back();
  }
  report_.complete = !more;
  report_.states = visited_.size();
  for (const Site& site : sites_) report_.ordered_sites.push_back(site.site);
  std::sort(report_.ordered_sites.begin(), report_.ordered_sites.end());
  return report_;
}

void Explorer::run_once(const std::function<Scenario&()>& make) {
  depth_ = 0;
  sleeping_ = 0;
  end_ = End::none;
  thread_count_ = 0;
  variable_count_ = 0;
  root_ = {};
  plains_.clear();
  events_.clear();
  scenario_ = &make();
  scenario_->begin();
  if (const auto first = pick()) {
    running_ = *first;
    in_thread_ = true;
    threads_[running_].status = Status::at_step;
    Fiber::hand_over(main_, *threads_[running_].fiber);
    in_thread_ = false;
  }
  if (end_ == End::finished) scenario_->finish();
  if (end_ == End::failed) report_.story = story();
}

bool Explorer::go_back() {
  while (!path_.empty()) {
    Choice& last = path_.back();
    if (last.of_thread) {
      last.sleeping |= Mask{1} << last.taken;
      last.todo &= ~last.sleeping;
      if (last.todo != 0) {
        last.taken = static_cast<std::uint32_t>(std::countr_zero(last.todo));
        return true;
      }
    } else if (++last.taken < last.count) {
      return true;
    }
    path_.pop_back();
  }
  return false;
}

// --- threads ---

void Explorer::spawn(std::string name, std::function<void()> body) {
  // A thread that has ended gives its place to one that knows all it did: fewer states differ.
  const View& maker = in_thread_ ? threads_[running_].view : root_;
  std::uint32_t index = 0;
  while (index < thread_count_ && !(threads_[index].status == Status::ended &&
                                    maker.time[index] >= threads_[index].last_event)) {
    ++index;
  }
  if (index == most_threads) {
    fail("the scenario has more threads than the explorer");
    return;
  }
  Thread& thread = threads_[index];
  std::uint16_t began = 1;
  if (index == thread_count_) {
    ++thread_count_;
    thread.last_event = 0;
  } else {
    began = static_cast<std::uint16_t>(thread.view.time[index] + 1);
  }
  thread.place = thread.last_change = mix(std::hash<std::string>{}(name), 0);
  thread.name = std::move(name);
  thread.status = Status::fresh;
  thread.view = maker;
  thread.view.time[index] = began;
  if (in_thread_) ++threads_[running_].view.time[running_];  // what follows is not before it
  thread.stale_left = limits_.stale_reads;
  thread.failures_left = limits_.spurious_failures;
  thread.looks = false;
  thread.looked = {};
  thread.body = std::move(body);
  thread.fiber->start([](void* explorer) { static_cast<Explorer*>(explorer)->run_thread(); }, this);
}

void Explorer::run_thread() {
  const std::uint32_t index = running_;
  threads_[index].body();
  threads_[index].status = Status::ended;
  switch_away();
  std::abort();  // nobody goes on with a thread that has ended
}

void Explorer::arrive(std::uint32_t variable, bool writes, bool locks) {
  if (!in_thread_) return;
  Thread& me = threads_[running_];
  ++report_.steps;
  if (!contended_[variable]) {
    if (is_ordered(variable, writes)) return;
    contended_[variable] = true;
    leave(End::contended);
  }
  me.next = {variable, writes, locks};
  me.status = Status::at_step;
  switch_away();
}

void Explorer::await_change() {
  Thread& me = threads_[running_];
  me.status = Status::awaiting;
  switch_away();
}

void Explorer::begin_look() {
  Thread& me = threads_[running_];
  me.looks = true;
  me.looked = {};
}

void Explorer::stand_at(std::uint64_t place) {
  threads_[running_].place = threads_[running_].last_change = place;
}

void Explorer::switch_away() {
  const std::uint32_t me = running_;
  const auto next = pick();
  if (!next) {
    Fiber::hand_over(*threads_[me].fiber, main_);
    std::abort();
  }
  threads_[*next].status = Status::at_step;
  if (*next == me) return;
  running_ = *next;
  Fiber::hand_over(*threads_[me].fiber, *threads_[*next].fiber);
}

void Explorer::leave(End end) {
  end_ = end;
  Fiber::hand_over(*threads_[running_].fiber, main_);
  std::abort();
}

bool Explorer::is_awake(const Thread& thread) const {
  for (std::uint32_t i = 0; i < variable_count_; ++i) {
    if (thread.looked[i] != 0 && variables_[i].versions.size() > thread.looked[i]) return true;
  }
  return false;
}

bool Explorer::is_enabled(const Thread& thread) const {
  return !(thread.next.locks && variables_[thread.next.variable].locked);
}

std::optional<std::uint32_t> Explorer::pick() {
  Mask enabled = 0;
  bool all_ended = true;
  for (std::uint32_t i = 0; i < thread_count_; ++i) {
    const Thread& thread = threads_[i];
    // What leads to a thread's next step concerns nobody else: no choice.
    if (thread.status == Status::fresh) return i;
    if (thread.status == Status::awaiting && is_awake(thread)) return i;
    if (thread.status == Status::at_step && is_enabled(thread)) enabled |= Mask{1} << i;
    if (thread.status != Status::ended) all_ended = false;
  }
  if (enabled == 0) {
    end_ = all_ended ? End::finished : End::failed;
    if (!all_ended) {
      report_.violation = "wait for ever:";
      for (std::uint32_t i = 0; i < thread_count_; ++i) {
        if (threads_[i].status != Status::ended) report_.violation += " " + threads_[i].name;
      }
    }
    return std::nullopt;
  }
  if (depth_ == path_.size()) {
    Choice choice;
    choice.of_thread = true;
    choice.sleeping = sleeping_ & enabled;
    choice.todo = enabled & ~choice.sleeping;
    bool fresh = false;
    Visited::Entry& seen = visited_.find_or_add(state_hash(), fresh);
    if (!fresh) {
      // What slept then and does not sleep now has still to be explored from here.
      choice.todo &= static_cast<Mask>(seen.mask);
      choice.sleeping &= static_cast<Mask>(seen.mask);
    }
    if (choice.todo == 0) {
      if (fresh) seen.mask = choice.sleeping;
      end_ = End::seen_before;
      return std::nullopt;
    }
    seen.mask = choice.sleeping;
    const bool go_on = (choice.todo >> running_ & 1) != 0;
    choice.taken = go_on ? running_ : static_cast<std::uint32_t>(std::countr_zero(choice.todo));
    path_.push_back(choice);
  }
  const Choice& choice = path_[depth_++];
  const Step& taken = threads_[choice.taken].next;
  sleeping_ = 0;
  for (std::uint32_t i = 0; i < thread_count_; ++i) {
    if ((choice.sleeping >> i & 1) == 0) continue;
    const Step& other = threads_[i].next;
    const bool independent = other.variable != taken.variable || (!other.writes && !taken.writes);
    if (independent) sleeping_ |= Mask{1} << i;
  }
  return choice.taken;
}

std::uint32_t Explorer::choose(std::uint32_t count) {
  if (count < 2) return 0;
  if (depth_ == path_.size()) path_.push_back({.of_thread = false, .taken = 0, .count = count});
  return path_[depth_++].taken;
}

/// Two states are the same if nothing that can still happen tells them apart. Of times only their
/// order counts, and only as far as somebody does not know it yet; of old versions only those that
/// somebody may still read.
std::uint64_t Explorer::state_hash() {
  View known;  // to everybody who may still do something
  known.time.fill(std::numeric_limits<std::uint16_t>::max());
  known.seen.fill(std::numeric_limits<std::uint16_t>::max());
  const auto lives = [this](std::uint32_t i) { return threads_[i].status != Status::ended; };
  for (std::uint32_t i = 0; i < thread_count_; ++i) {
    if (!lives(i)) continue;
    const View& view = threads_[i].view;
    for (std::uint32_t t = 0; t < thread_count_; ++t) {
      known.time[t] = std::min(known.time[t], view.time[t]);
    }
    for (std::uint32_t v = 0; v < variable_count_; ++v) {
      known.seen[v] = std::min(known.seen[v], view.seen[v]);
    }
  }

  // Of times counts only who knows of which access. (What a thread does from now on nobody knows
  // of: its clock moves after a release.) So along each thread's time, accesses that the same views
  // know get the same number, and so do views that know the same accesses.
  struct Mark {
    std::uint16_t time = 0;
    bool is_view = false;
    std::uint16_t group = 0;
  };
  std::array<std::array<Mark, 96>, most_threads> marks;
  std::array<std::size_t, most_threads> counts{};
  const auto add_mark = [&](std::uint32_t t, std::uint16_t time, bool is_view) {
    if (time <= known.time[t]) return;
    for (std::size_t i = 0; i < counts[t]; ++i) {
      if (marks[t][i].time == time && marks[t][i].is_view == is_view) return;
    }
    if (counts[t] == marks[t].size()) std::abort();  // the explorer is too small for the scenario
    marks[t][counts[t]++] = {time, is_view, 0};
  };
  const auto add_view = [&](const View& view) {
    for (std::uint32_t t = 0; t < thread_count_; ++t) add_mark(t, view.time[t], true);
  };
  const auto add_access = [&](const auto& access) {
    add_mark(access.writer, access.write_time, false);
    for (std::uint32_t t = 0; t < thread_count_; ++t) add_mark(t, access.read_time[t], false);
  };
  for (std::uint32_t i = 0; i < thread_count_; ++i) {
    if (lives(i)) add_view(threads_[i].view);
  }
  for (std::uint32_t v = 0; v < variable_count_; ++v) {
    const Variable& variable = variables_[v];
    const std::size_t last = variable.versions.size() - 1;
    const std::size_t reach = limits_.stale_reads > 0 ? limits_.stale_depth : 0;
    if (last > reach) {
      known.seen[v] = std::max(known.seen[v], static_cast<std::uint16_t>(last - reach));
    }
    for (std::size_t i = known.seen[v]; i <= last; ++i) add_view(variable.versions[i].released);
    if (!contended_[v]) add_access(variable);
  }
  for (const Plain& plain : plains_) add_access(plain);
  for (std::uint32_t t = 0; t < thread_count_; ++t) {
    const auto begin = marks[t].begin();
    std::sort(begin, begin + static_cast<std::ptrdiff_t>(counts[t]),
              [](const Mark& a, const Mark& b) {
                return a.time != b.time ? a.time < b.time : a.is_view < b.is_view;
              });
    std::uint16_t group = 0;
    bool after_view = true;
    for (std::size_t i = 0; i < counts[t]; ++i) {
      if (after_view && !marks[t][i].is_view) ++group;
      after_view = marks[t][i].is_view;
      marks[t][i].group = group;
    }
  }
  const auto rank = [&](std::uint32_t t, std::uint16_t time, bool is_view) -> std::uint64_t {
    for (std::size_t i = 0; i < counts[t]; ++i) {
      if (marks[t][i].time == time && marks[t][i].is_view == is_view) return marks[t][i].group;
    }
    return 0;
  };
  const auto hash_view = [&](std::uint64_t hash, const View& view) {
    std::uint64_t word = 0;
    for (std::uint32_t t = 0; t < thread_count_; ++t) {
      word = word * 31 + rank(t, view.time[t], true);
      if (t % 8 == 7) hash = mix(hash, std::exchange(word, 0));
    }
    for (std::uint32_t v = 0; v < variable_count_; ++v) {
      const auto ahead = view.seen[v] > known.seen[v] ? view.seen[v] - known.seen[v] : 0;
      word = word * 31 + static_cast<std::uint64_t>(ahead);
      if (v % 8 == 7) hash = mix(hash, std::exchange(word, 0));
    }
    return mix(hash, word);
  };
  const auto hash_access = [&](std::uint64_t hash, const auto& access) {
    if (const auto at = rank(access.writer, access.write_time, false); at != 0) {
      hash = mix(hash, at * 64 + access.writer);
    }
    for (std::uint32_t t = 0; t < thread_count_; ++t) {
      if (const auto at = rank(t, access.read_time[t], false); at != 0) {
        hash = mix(hash, (1U << 16) + at * 64 + t);
      }
    }
    return hash;
  };

  std::uint64_t hash = scenario_->hash();
  for (std::uint32_t i = 0; i < thread_count_; ++i) {
    const Thread& thread = threads_[i];
    if (!lives(i)) continue;
    hash = mix(hash, thread.place);
    std::uint64_t looked = i;
    for (std::uint32_t v = 0; v < variable_count_; ++v) {
      const std::uint64_t look = thread.looked[v] == 0                               ? 0
                                 : thread.looked[v] == variables_[v].versions.size() ? 1
                                                                                     : 2;
      looked = looked * 3 + look;
    }
    hash = mix(hash, looked);
    hash =
        mix(hash, static_cast<std::uint64_t>(thread.stale_left * 256 + thread.failures_left * 16 +
                                             static_cast<int>(thread.status)));
    hash = hash_view(hash, thread.view);
  }
  for (std::uint32_t v = 0; v < variable_count_; ++v) {
    const Variable& variable = variables_[v];
    hash = mix(hash, v);
    for (std::size_t i = known.seen[v]; i < variable.versions.size(); ++i) {
      hash = hash_view(mix(hash, variable.versions[i].value), variable.versions[i].released);
    }
    if (!contended_[v]) hash = hash_access(hash, variable);
  }
  std::uint64_t plain_hash = 0;  // in whatever order they were first touched
  for (const Plain& plain : plains_) {
    const std::uint64_t access = hash_access(plain.name, plain);
    if (access != plain.name) plain_hash += access;
  }
  return mix(hash, plain_hash);
}

// --- memory ---

std::uint32_t Explorer::add_variable(const void* address, Word value) {
  if (variable_count_ == most_variables) {
    fail("the scenario has more variables than the explorer");
    return 0;
  }
  Variable& variable = variables_[variable_count_];
  variable.address = address;
  variable.versions.clear();
  variable.versions.push_back({value, {}});
  variable.writer = 0;
  variable.write_time = 0;
  variable.read_time = {};
  variable.locked = false;
  return variable_count_++;
}

bool Explorer::is_ordered(std::uint32_t index, bool writes) const {
  const Variable& variable = variables_[index];
  const View& mine = threads_[running_].view;
  if (mine.time[variable.writer] < variable.write_time) return false;
  if (!writes) return true;
  for (std::size_t i = 0; i < most_threads; ++i) {
    if (mine.time[i] < variable.read_time[i]) return false;
  }
  return true;
}

Explorer::Word Explorer::newest(std::uint32_t variable) const {
  return variables_[variable].versions.back().value;
}

void Explorer::observe(std::uint32_t index, std::size_t at, std::memory_order order, char kind,
                       const std::source_location& where) {
  if (!in_thread_) return;
  Variable& variable = variables_[index];
  Thread& me = threads_[running_];
  const Version& version = variable.versions[at];
  me.view.seen[index] = static_cast<std::uint16_t>(at);
  if (acquires(order)) me.view.join(version.released);
  variable.read_time[running_] = me.view.time[running_];
  if (me.looks && me.looked[index] == 0) me.looked[index] = static_cast<std::uint16_t>(at + 1);
  const bool failed = kind == 'f' || kind == 'x';
  me.place = mix(failed ? mix(me.last_change, where.line()) : me.place, version.value);
  if (kind == 'm') me.last_change = me.place;
  events_.push_back({static_cast<std::uint8_t>(running_), kind, static_cast<std::uint8_t>(index),
                     at + 1 != variable.versions.size(), where.line(), version.value});
}

void Explorer::append(std::uint32_t index, Word value, bool releases, bool continues) {
  Variable& variable = variables_[index];
  const auto at = static_cast<std::uint16_t>(variable.versions.size());
  Version version{value, {}};
  if (continues) version.released = variable.versions.back().released;
  View& mine = in_thread_ ? threads_[running_].view : root_;
  mine.seen[index] = at;
  if (releases) version.released.join(mine);
  variable.versions.push_back(version);
  if (!in_thread_) return;
  variable.writer = running_;
  variable.write_time = mine.time[running_];
  threads_[running_].last_event = variable.write_time;
  ++mine.time[running_];  // what follows is not released by it
}

std::size_t Explorer::oldest_readable(std::uint32_t index) const {
  const std::size_t last = variables_[index].versions.size() - 1;
  const std::size_t by_depth = last > limits_.stale_depth ? last - limits_.stale_depth : 0;
  return std::max<std::size_t>(threads_[running_].view.seen[index], by_depth);
}

Explorer::Word Explorer::load(std::uint32_t index, std::memory_order order,
                              const std::source_location& where) {
  arrive(index, false);
  const Variable& variable = variables_[index];
  std::size_t at = variable.versions.size() - 1;
  if (in_thread_) {
    Thread& me = threads_[running_];
    const std::size_t oldest = oldest_readable(index);
    if (me.stale_left > 0 && oldest < at) {
      const std::uint32_t back = choose(static_cast<std::uint32_t>(at - oldest + 1));
      if (back > 0) --me.stale_left;
      at -= back;
    }
  }
  observe(index, at, order_at(order, where), 'r', where);
  return variable.versions[at].value;
}

void Explorer::store(std::uint32_t index, Word value, std::memory_order order,
                     const std::source_location& where) {
  arrive(index, true);
  append(index, value, releases(order_at(order, where)), false);
  if (!in_thread_) return;
  Thread& me = threads_[running_];
  me.place = me.last_change = mix(me.place, where.line());
  events_.push_back({static_cast<std::uint8_t>(running_), 'w', static_cast<std::uint8_t>(index),
                     false, where.line(), value});
}

void Explorer::replace(std::uint32_t index, Word value, std::memory_order order,
                       const std::source_location& where) {
  observe(index, variables_[index].versions.size() - 1, order, 'm', where);
  if (!events_.empty() && in_thread_) events_.back().value = value;
  append(index, value, releases(order), true);
}

Explorer::Exchange Explorer::compare_exchange(std::uint32_t index, Word expected, Word desired,
                                              bool weak, std::memory_order order,
                                              std::memory_order failure_order,
                                              const std::source_location& where) {
  arrive(index, true);
  const Variable& variable = variables_[index];
  const std::size_t last = variable.versions.size() - 1;
  const bool equal = variable.versions[last].value == expected;
  // 0: what the newest value says; then a failure for no reason; then failures by older values.
  std::size_t at = last;
  bool for_no_reason = false;
  if (in_thread_) {
    Thread& me = threads_[running_];
    const bool may_fail = equal && weak && me.failures_left > 0;
    std::uint32_t old_values = 0;
    if (me.stale_left > 0) {
      for (std::size_t i = oldest_readable(index); i < last; ++i) {
        if (variable.versions[i].value != expected) ++old_values;
      }
    }
    std::uint32_t choice = choose(1 + (may_fail ? 1 : 0) + old_values);
    if (choice > 0 && may_fail && --choice == 0) {
      for_no_reason = true;
      --me.failures_left;
    }
    if (choice > 0) {
      --me.stale_left;
      while (choice > 0) {
        --at;
        if (variable.versions[at].value != expected) --choice;
      }
    }
  }
  const Word before = variable.versions[at].value;
  if (before == expected && !for_no_reason) {
    replace(index, desired, order_at(order, where), where);
    return {before, true};
  }
  observe(index, at, order_at(failure_order, where), for_no_reason ? 'x' : 'f', where);
  return {before, false};
}

void Explorer::lock(std::uint32_t mutex, const std::source_location& where) {
  arrive(mutex, true, true);
  if (variables_[mutex].locked) fail("a mutex was locked that happens-before says was free");
  variables_[mutex].locked = true;
  replace(mutex, 1, std::memory_order_acquire, where);
}

void Explorer::unlock(std::uint32_t mutex, const std::source_location& where) {
  // No point of choice: whoever wants the mutex waits for this step anyway.
  variables_[mutex].locked = false;
  replace(mutex, 0, std::memory_order_release, where);
}

std::memory_order Explorer::order_at(std::memory_order order, const std::source_location& where) {
  if (order == std::memory_order_relaxed) return order;
  for (const Site& site : sites_) {
    if (site.site.line == where.line() && site.site.order == order &&
        site.path == where.file_name()) {
      return site.effective;
    }
  }
  Site site{where.file_name(),
            {last_part(where.file_name()), name_of_function(where), where.line(), order},
            order};
  if (weakening_ && weakening_->site == site.site) site.effective = weakening_->to;
  sites_.push_back(site);
  return site.effective;
}

Explorer::Plain* Explorer::plain(const void* data) {
  if (!in_thread_ || threads_[running_].fiber->holds(data)) return nullptr;  // its own
  for (Plain& plain : plains_) {
    if (plain.data == data) return &plain;
  }
  plains_.push_back({.data = data, .name = name_of(data)});
  return &plains_.back();
}

/// The same in every execution: memory is recognised by the variable that stands before it.
std::uint64_t Explorer::name_of(const void* data) const {
  constexpr std::uint64_t near = 4096;
  const auto address = reinterpret_cast<std::uint64_t>(data);
  std::uint64_t name = address;
  std::uint64_t nearest = near;
  for (std::uint32_t v = 0; v < variable_count_; ++v) {
    const auto start = reinterpret_cast<std::uint64_t>(variables_[v].address);
    if (start <= address && address - start < nearest) {
      nearest = address - start;
      name = v * near + nearest;
    }
  }
  return name;
}

void Explorer::note_read(const void* data) {
  Plain* access = plain(data);
  if (access == nullptr) return;
  Thread& me = threads_[running_];
  if (me.view.time[access->writer] < access->write_time) {
    fail("data race: " + me.name + " reads what " + threads_[access->writer].name + " writes");
  }
  access->read_time[running_] = me.view.time[running_];
  me.last_event = me.view.time[running_];
}

void Explorer::note_write(const void* data) {
  Plain* access = plain(data);
  if (access == nullptr) return;
  Thread& me = threads_[running_];
  if (me.view.time[access->writer] < access->write_time) {
    fail("data race: " + me.name + " writes what " + threads_[access->writer].name + " writes");
  }
  for (std::size_t i = 0; i < thread_count_; ++i) {
    if (me.view.time[i] < access->read_time[i]) {
      fail("data race: " + me.name + " writes what " + threads_[i].name + " reads");
    }
  }
  access->writer = running_;
  access->write_time = me.view.time[running_];
  me.last_event = me.view.time[running_];
}

// --- violations ---

void Explorer::fail(std::string what) {
  if (end_ != End::failed) report_.violation = std::move(what);
  end_ = End::failed;
  if (in_thread_) leave(End::failed);
}

std::vector<std::string> Explorer::story() const {
  std::vector<std::string> lines;
  for (const Event& event : events_) {
    const char* did = "reads";
    switch (event.kind) {
      case 'w':
        did = "stores";
        break;
      case 'm':
        did = "changes to";
        break;
      case 'f':
        did = "fails to change, reads";
        break;
      case 'x':
        did = "fails for no reason to change, reads";
        break;
      default:
        break;
    }
    lines.push_back(threads_[event.thread].name + ": line " + std::to_string(event.line) + " " +
                    did + (event.old ? " an old " : " ") + std::to_string(event.value) +
                    " of variable " + std::to_string(event.variable));
  }
  return lines;
}

}  // namespace hts::interleaving
