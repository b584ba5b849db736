hts_add_benchmark(mailbox SOURCES mailbox.cpp DEPENDS engine/runtime LIBRARIES Boost::headers)
