#include "adapters/http/connection.hpp"

#include <algorithm>
#include <charconv>
#include <cstring>
#include <utility>

#include <boost/asio/buffer.hpp>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/post.hpp>

#include "adapters/http/answer_writer.hpp"
#include "engine/runtime/trace.hpp"

namespace hts::http {
namespace {

using SocketError = boost::system::error_code;

// Contents from this size on are written from where they lie.
constexpr std::size_t large_body_bytes = 32'768;
// Answers to pipelined requests are gathered up to this size before they are written.
constexpr std::size_t gathered_output_bytes = 65'536;
constexpr std::size_t linger_limit_bytes = 67'108'864;
constexpr std::size_t first_input_bytes = 4'096;

// For a client to take the answer that tells it of its cut.
constexpr std::chrono::milliseconds last_moment{100};

// For calls on a socket that is on its way out, or whose failure the next read or write tells.
void ignore_failure(const SocketError&) noexcept {}

}  // namespace

Connection::Connection(Socket socket, std::shared_ptr<ServerContext> context)
    : socket_(std::move(socket)),
      timer_(socket_.get_executor()),
      context_(std::move(context)),
      parser_(context_->options.limits) {}

void Connection::start() {
  SocketError error;
  ignore_failure(socket_.non_blocking(true, error));
  ignore_failure(socket_.set_option(boost::asio::ip::tcp::no_delay{true}, error));
  input_.resize(std::min(first_input_bytes, context_->options.limits.header_bytes));
  pump();
}

void Connection::refuse() {
  SocketError error;
  ignore_failure(socket_.non_blocking(true, error));
  input_.resize(first_input_bytes);
  choose_request_id();
  answer_unreadable(503, "Too many connections are open; try again in a moment.");
  pump();
}

void Connection::begin_drain() {
  boost::asio::dispatch(socket_.get_executor(), [self = shared_from_this()] {
    if (self->phase_ == Phase::streaming) return self->pump();
    if (self->phase_ != Phase::idle) return;
    // A request that has arrived but was not read yet still counts.
    SocketError error;
    if (self->socket_.available(error) == 0 || error) self->close();
  });
}

void Connection::cut_off() {
  boost::asio::dispatch(socket_.get_executor(), [self = shared_from_this()] {
    if (!self->handling_ || self->phase_ == Phase::closed) return self->close();
    self->cut_off_ = true;
    self->tell_gone();
    Problem problem;
    problem.status = 503;
    problem.kind = "stopping";
    problem.detail =
        "The daemon stops and could not wait for this answer; try again once it is back.";
    problem.retry_after_seconds = 5;
    self->answer(problem_response(problem, self->request().path, self->request_id_), "cut off");
    self->pump();
    if (self->phase_ != Phase::closed) self->set_deadline(last_moment);
  });
}

void Connection::close_soon() {
  boost::asio::dispatch(socket_.get_executor(), [self = shared_from_this()] { self->close(); });
}

// Runs until the connection must wait: for bytes, for the handler, or for room to write.
void Connection::pump() {
  while (phase_ != Phase::closed && phase_ != Phase::lingering && !write_pending_) {
    const bool must_write =
        close_after_write_ || large_body_ || handling_ || output_.size() >= gathered_output_bytes;
    if (must_write && has_output()) {
      if (!write_output()) return;
      continue;
    }
    if (stream_) {
      read_stream();
      if (phase_ == Phase::streaming) return;
      continue;
    }
    if (close_after_write_) return finish();
    if (handling_) {
      phase_ = Phase::handling;
      deadline_ = SteadyClock::time_point::max();
      watch_client();
      return;
    }
    if (parse_next()) continue;
    if (has_output()) {
      if (!write_output()) return;
      continue;
    }
    return read();
  }
}

// Leaves something to write, or waits in the phase `streaming`, or drops the stream.
void Connection::read_stream() {
  if (!early_input_.empty()) {
    take_from_client(std::exchange(early_input_, {}));
    if (!stream_ || has_output()) {
      phase_ = Phase::writing;
      return;
    }
  }
  const bool draining = context_->draining.load(std::memory_order_relaxed);
  const bool goes_on = !draining && stream_->read(output_);
  if (draining) stream_->end(output_);
  if (!goes_on) stream_.reset();
  if (!goes_on || has_output()) {
    phase_ = Phase::writing;
    return;
  }
  phase_ = Phase::streaming;
  set_deadline(context_->options.stream_beat);
  watch_client();
}

// True when it made progress: a request was handed over or refused.
bool Connection::parse_next() {
  if (input_begin_ == input_end_) return false;
  std::size_t consumed = 0;
  const std::string_view unread{input_.data() + input_begin_, input_end_ - input_begin_};
  const RequestParser::State state = parser_.feed(unread, consumed);
  input_begin_ += consumed;
  switch (state) {
    case RequestParser::State::complete:
      hand_over();
      return true;
    case RequestParser::State::failed:
      choose_request_id();
      answer_unreadable(parser_.failure_status(), parser_.failure_detail());
      return true;
    case RequestParser::State::need_more:
      break;
  }
  if (parser_.awaits_continue() && !continue_sent_) {
    continue_sent_ = true;
    output_ += "HTTP/1.1 100 Continue\r\n\r\n";
  }
  return false;
}

void Connection::hand_over() {
  handling_ = true;
  continue_sent_ = false;
  request_complete_ = SteadyClock::now();
  choose_request_id();
  in_handler_ = true;
  const runtime::TraceScope caused_by_it(parser_.request().trace);
  try {
    context_->handler(parser_.request(), Responder{shared_from_this()});
  } catch (...) {
    // The Responder answered 500 while it was unwound.
    context_->handler_exceptions.fetch_add(1, std::memory_order_relaxed);
  }
  in_handler_ = false;
}

void Connection::choose_request_id() {
  const std::string_view given = parser_.request().header("X-Request-Id");
  if (is_sane_request_id(given)) {
    request_id_ = given;
  } else {
    std::array<char, 16> digits;
    const std::uint64_t number = context_->next_id.fetch_add(1, std::memory_order_relaxed);
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number, 16).ptr;
    request_id_ = context_->id_prefix;
    request_id_.append(digits.data(), end);
  }
  parser_.request().request_id = request_id_;
  parser_.request().trace = runtime::trace_of(request_id_);
}

void Connection::answer_unreadable(int status, std::string_view detail) {
  request_complete_ = SteadyClock::now();
  close_after_write_ = linger_first_ = true;
  Problem problem;
  problem.status = status;
  problem.kind = status == 503 ? "unavailable" : status == 413 ? "too-large" : "unreadable";
  problem.detail = detail;
  if (status == 503) problem.retry_after_seconds = 1;
  answer(problem_response(problem, parser_.request().path, request_id_), "unreadable");
}

void Connection::respond(Response response, std::string_view route) noexcept {
  // Any thread. Nothing below may escape: the caller is often a destructor.
  try {
    if (gone_.load(std::memory_order_acquire)) return;
    if (socket_.get_executor().running_in_this_thread()) {
      if (!handling_) return;  // cut off meanwhile
      answer(std::move(response), route);
      if (!in_handler_) pump();
      return;
    }
    boost::asio::post(socket_.get_executor(),
                      [self = shared_from_this(), answer = std::move(response), route]() mutable {
                        if (!self->handling_) return;
                        self->answer(std::move(answer), route);
                        self->pump();
                      });
  } catch (...) {
    gone_.store(true, std::memory_order_release);
  }
}

void Connection::answer(Response response, std::string_view route) {
  if (phase_ == Phase::closed) return;
  handling_ = false;
  gone_callback_ = nullptr;
  const bool draining = context_->draining.load(std::memory_order_relaxed);
  if (!parser_.keep_alive() || draining || cut_off_ || response.stream) close_after_write_ = true;
  AnswerFrame frame;
  frame.head_only = parser_.request().method == Method::head;
  frame.close = close_after_write_ && response.status != 101;
  frame.confirm_keep_alive = parser_.is_http10();
  frame.request_id = request_id_;
  append_answer_head(output_, response, frame);
  if (!frame.head_only && response.stream) {
    stream_ = std::move(response.stream);
    if (stream_->is_two_way() && input_begin_ < input_end_) {
      // It spoke without waiting for the answer.
      early_input_.assign(input_.data() + input_begin_, input_end_ - input_begin_);
      input_begin_ = input_end_ = 0;
    }
    stream_->listen([weak = weak_from_this(), executor = socket_.get_executor()] {
      boost::asio::post(executor, [weak] {
        const auto self = weak.lock();
        if (self && self->phase_ == Phase::streaming) self->pump();
      });
    });
  } else if (!frame.head_only && response.status != 204) {
    if (response.content().size() < large_body_bytes) {
      output_ += response.content();
    } else if (response.shared_body) {
      large_body_ = std::move(response.shared_body);
    } else {
      large_body_ = std::make_shared<const std::string>(std::move(response.body));
    }
  }
  if (context_->hook) {
    AccessRecord record;
    record.method = parser_.request().method;
    record.route = route;
    record.status = response.status;
    record.seconds = std::chrono::duration<double>(SteadyClock::now() - request_complete_).count();
    record.request_id = request_id_;
    record.trace = parser_.request().trace;
    try {
      context_->hook(record);
    } catch (...) {
      close_after_write_ = true;  // a hook that throws is broken; its answer still goes out
    }
  }
  // A handler that was cut off may still read its request.
  if (!cut_off_) parser_.reset();
}

void Connection::when_gone(std::function<void()> gone) {
  // The request may be handled on another thread, when it is recorded.
  boost::asio::dispatch(socket_.get_executor(),
                        [self = shared_from_this(), gone = std::move(gone)]() mutable {
                          if (!self->handling_) return;
                          self->gone_callback_ = std::move(gone);
                          if (self->phase_ == Phase::handling) self->watch_client();
                        });
}

void Connection::watch_client() {
  if ((!gone_callback_ && !stream_) || watching_) return;
  watching_ = true;
  socket_.async_wait(Socket::wait_read, [self = shared_from_this()](const SocketError& error) {
    self->watching_ = false;
    if (error || (self->phase_ != Phase::handling && self->phase_ != Phase::streaming)) return;
    if (self->stream_ && self->stream_->is_two_way()) {
      if (self->hear_client()) self->pump();
      return;
    }
    std::array<char, 1> next{};
    SocketError end;
    const std::size_t bytes =
        self->socket_.receive(boost::asio::buffer(next), Socket::message_peek, end);
    if (end == boost::asio::error::would_block) return self->watch_client();
    if (bytes > 0) return;
    self->stream_ ? self->close() : self->tell_gone();
  });
}

/// Reads what has come. False when the connection is closed.
bool Connection::hear_client() {
  std::array<char, 4'096> bytes;
  SocketError error;
  const std::size_t count = socket_.read_some(boost::asio::buffer(bytes), error);
  if (error == boost::asio::error::would_block) return true;
  if (error || count == 0) {
    close();
    return false;
  }
  take_from_client({bytes.data(), count});
  return true;
}

void Connection::take_from_client(std::string_view bytes) {
  if (stream_->take(bytes, output_)) return;
  stream_.reset();
  phase_ = Phase::writing;
}

void Connection::tell_gone() {
  if (const auto gone = std::exchange(gone_callback_, nullptr)) gone();
}

std::array<boost::asio::const_buffer, 2> Connection::unwritten() const noexcept {
  const std::size_t head = std::min(written_, writing_.size());
  const std::size_t body = written_ - head;
  boost::asio::const_buffer rest;
  if (writing_body_) rest = boost::asio::buffer(*writing_body_) + body;
  return {boost::asio::buffer(writing_) + head, rest};
}

// True when everything went out at once, which is the rule; else pump() is called again later.
bool Connection::write_output() {
  phase_ = Phase::writing;
  std::swap(writing_, output_);
  output_.clear();
  writing_body_ = std::exchange(large_body_, nullptr);
  written_ = 0;
  const std::size_t total = boost::asio::buffer_size(unwritten());
  SocketError error;
  // One buffer is cheaper to hand over than a list of them.
  written_ = writing_body_ ? socket_.write_some(unwritten(), error)
                           : socket_.write_some(boost::asio::buffer(writing_), error);
  if (error && error != boost::asio::error::would_block && error != boost::asio::error::try_again) {
    close();
    return false;
  }
  if (written_ == total) {
    writing_body_.reset();
    return true;
  }
  write_rest();
  return false;
}

void Connection::write_rest() {
  write_pending_ = true;
  set_deadline(cut_off_ ? last_moment : context_->options.write_timeout);
  socket_.async_write_some(
      unwritten(), [self = shared_from_this()](const SocketError& error, std::size_t bytes) {
        self->write_pending_ = false;
        if (self->phase_ == Phase::closed) return;
        if (error) return self->close();
        self->written_ += bytes;
        if (boost::asio::buffer_size(self->unwritten()) > 0) return self->write_rest();
        self->writing_body_.reset();
        self->pump();
      });
}

void Connection::read() {
  if (input_begin_ == input_end_) {
    input_begin_ = input_end_ = 0;
  } else if (input_begin_ > 0) {
    std::memmove(input_.data(), input_.data() + input_begin_, input_end_ - input_begin_);
    input_end_ -= input_begin_;
    input_begin_ = 0;
  }
  if (input_end_ == input_.size()) {
    const std::size_t limit = context_->options.limits.header_bytes;
    if (input_.size() >= limit) {
      // Only a chunk's own head can be this long and still unread.
      choose_request_id();
      answer_unreadable(400, "The chunked body cannot be read as HTTP.");
      return pump();
    }
    input_.resize(std::min(limit, input_.size() * 4));
  }
  // The deadline of a request counts from its first byte, so further bytes do not move it.
  const Phase next = parser_.started() ? Phase::receiving : Phase::idle;
  if (next != phase_ || next == Phase::idle) {
    set_deadline(next == Phase::idle ? context_->options.idle_timeout
                                     : context_->options.request_timeout);
  }
  phase_ = next;
  if (phase_ == Phase::idle && context_->draining.load(std::memory_order_relaxed)) return finish();
  socket_.async_read_some(
      boost::asio::buffer(input_.data() + input_end_, input_.size() - input_end_),
      [self = shared_from_this()](const SocketError& error, std::size_t bytes) {
        if (self->phase_ == Phase::closed || self->phase_ == Phase::lingering) return;
        if (self->close_after_write_) return;  // timed out meanwhile; the answer is on its way
        if (error) return self->close();
        self->on_read(bytes);
      });
}

void Connection::on_read(std::size_t bytes) {
  input_end_ += bytes;
  pump();
}

// The last answer is out. Closing with unread bytes would reset the connection, and the client
// could lose the answer; so those are read away first, within limits.
void Connection::finish() {
  SocketError error;
  ignore_failure(socket_.shutdown(Socket::shutdown_send, error));
  const bool all_read =
      !linger_first_ && (cut_off_ || !parser_.started()) && input_begin_ == input_end_;
  if (error || (all_read && socket_.available(error) == 0)) return close();
  phase_ = Phase::lingering;
  set_deadline(cut_off_ ? last_moment : context_->options.linger_timeout);
  linger();
}

void Connection::linger() {
  socket_.async_read_some(boost::asio::buffer(input_),
                          [self = shared_from_this()](const SocketError& error, std::size_t bytes) {
                            if (self->phase_ == Phase::closed) return;
                            self->lingered_bytes_ += bytes;
                            if (error || self->lingered_bytes_ > linger_limit_bytes)
                              return self->close();
                            self->linger();
                          });
}

void Connection::close() {
  if (phase_ == Phase::closed) return;
  phase_ = Phase::closed;
  stream_.reset();
  tell_gone();
  gone_.store(true, std::memory_order_release);
  SocketError error;
  timer_.cancel();
  ignore_failure(socket_.close(error));
  context_->registry.remove(this);
}

void Connection::on_timeout() {
  switch (phase_) {
    case Phase::receiving:
      socket_.cancel();
      choose_request_id();
      answer_unreadable(408, "The request did not arrive in time; send it again, faster.");
      return pump();
    case Phase::streaming:
      stream_->beat(output_);
      return pump();
    case Phase::idle:
    case Phase::writing:
    case Phase::lingering:
      return close();
    case Phase::handling:
    case Phase::closed:
      return;
  }
}

// The timer is left running while deadlines move away from it, and looks again when it fires: a
// request costs no timer operation.
void Connection::set_deadline(std::chrono::milliseconds from_now) {
  deadline_ = SteadyClock::now() + from_now;
  if (deadline_ < timer_expiry_) arm_timer(deadline_);
}

void Connection::arm_timer(SteadyClock::time_point expiry) {
  timer_expiry_ = expiry;
  timer_.expires_at(expiry);
  timer_.async_wait([self = shared_from_this(), expiry](const SocketError& error) {
    if (error || self->phase_ == Phase::closed || self->timer_expiry_ != expiry) return;
    self->timer_expiry_ = SteadyClock::time_point::max();
    if (self->deadline_ == SteadyClock::time_point::max()) return;
    if (SteadyClock::now() < self->deadline_) return self->arm_timer(self->deadline_);
    self->on_timeout();
  });
}

}  // namespace hts::http
