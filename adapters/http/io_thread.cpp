#include "adapters/http/io_thread.hpp"

namespace hts::http {

IoThread::IoThread() : work_(io_.get_executor()), thread_([this] { serve(); }) {}

IoThread::~IoThread() {
  stop();
}

void IoThread::serve() noexcept {
  for (;;) {
    try {
      io_.run();
      return;
    } catch (...) {  // NOLINT(bugprone-empty-catch): out of memory for one connection; others go on
    }
  }
}

void IoThread::stop() {
  io_.stop();
  if (thread_.joinable()) thread_.join();
}

}  // namespace hts::http
