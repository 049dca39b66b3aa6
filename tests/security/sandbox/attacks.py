"""Attacks by name: code that leaves something true in `result` when it succeeds, else raises.

Each is harmless where it succeeds: it stays within the machine, and makes nothing that outlasts it.
"""

CALL = """
import ctypes, os, platform
libc = ctypes.CDLL(None, use_errno=True)
def call(x86, arm, *arguments):
    number = x86 if platform.machine() == "x86_64" else arm
    whole = [ctypes.c_long(one) if isinstance(one, int) else one for one in arguments]  # all 64 bits are read
    got = libc.syscall(ctypes.c_long(number), *whole)
    if got < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return got
"""

FILES = {
    "read a closed file": "result = open(secret_0600).read()",
    "read an open file": "result = open(secret_0644).read()",
    "list the server's folder": "import os\nresult = os.listdir(folder)",
    "read a file through another process": "result = open(f'/proc/{server}/root{secret_0644}').read()",
    "write beside the work folder": "open(f'{open_folder}/junk', 'w').write('x')\nresult = True",
    "write into the Python installation": """
import os, sys
file = f"{sys.prefix}/stepwise-attack-{os.getpid()}"
open(file, "w").close()
os.unlink(file)
result = True
""",
}

NETWORK = {
    "connect by TCP": """
import socket
peer = socket.create_connection(("127.0.0.1", tcp), 5)
result = peer.recv(5).decode()
""",
    "listen by TCP": "import socket\nresult = bool(socket.create_server(('127.0.0.1', 0)).getsockname())",
    "ask by UDP, as for names": """
import socket
asker = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
asker.settimeout(5)
asker.sendto(b"name?", ("127.0.0.1", udp))
result = asker.recv(20).decode()
""",
    "speak to the kernel by netlink": """
import socket
result = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0).fileno()
""",
    "speak to the host by vsock": "import socket\nresult = socket.socket(40, socket.SOCK_STREAM).fileno()",
    "connect to another's named socket": """
import socket
peer = socket.socket(socket.AF_UNIX)
peer.settimeout(5)
peer.connect(named)
result = peer.recv(5).decode()
""",
    "connect to another's abstract socket": """
import socket
peer = socket.socket(socket.AF_UNIX)
peer.settimeout(5)
peer.connect("\\0" + abstract)
result = peer.recv(5).decode()
""",
    "send a datagram to another's named socket": """
import socket
pair = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
result = pair[0].sendto(b"hello", datagrams)
""",
}

PROCESSES = {
    "see other processes": "import os\nassert str(server) in os.listdir('/proc')\nresult = True",
    "signal the server": "import os\nos.kill(server, 0)\nresult = True",
    "signal another child": "import os\nos.kill(sibling, 0)\nresult = True",
    "signal the warm process": "import os\nos.kill(zygote, 0)\nresult = True",
    "read the server's environment": "result = 'SERVER_SECRET' in open(f'/proc/{server}/environ').read()",
    "read the server's memory": """
for line in open(f"/proc/{server}/maps"):
    if " r" in line:
        break
with open(f"/proc/{server}/mem", "rb", 0) as memory:
    memory.seek(int(line.split("-")[0], 16))
    result = len(memory.read(64))
""",
    "read the server's memory by a call": """
import ctypes
class Part(ctypes.Structure):
    _fields_ = [("base", ctypes.c_void_p), ("length", ctypes.c_size_t)]
buffer = ctypes.create_string_buffer(16)
here, there = Part(ctypes.addressof(buffer), 16), Part(address, 16)
result = call(310, 270, ctypes.c_int(server), ctypes.byref(here), 1, ctypes.byref(there), 1, 0)
""",
    "change the server's limits": """
import resource
resource.prlimit(server, resource.RLIMIT_CORE, (0, 0))
result = True
""",
    "bind the server to processors": """
import os
os.sched_setaffinity(server, range(os.cpu_count()))
result = True
""",
    "make the server wait for others": """
import os
os.setpriority(os.PRIO_PROCESS, server, 1)
result = True
""",
    "trace the server": "result = 1 + call(101, 117, 0x4206, ctypes.c_int(server), 0, 0)",
}

KERNEL = {
    "make a user namespace": """
import os
child = os.fork()
if child == 0:
    try:
        call(272, 97, 0x10000000)
        os._exit(0)
    finally:
        os._exit(1)
result = os.waitpid(child, 0)[1] == 0 or None
assert result
""",
    "set up io_uring": "result = call(425, 425, 4, ctypes.create_string_buffer(120))",
    "use a keyring": "result = call(250, 219, 0, ctypes.c_int(-3), 1) and True",
    "share memory by System V": """
import os
shared = call(29, 194, 0, ctypes.c_size_t(4096), 0o1600)
libc.shmctl(shared, 0, None)
result = True
""",
}

ROOTS = {
    "change the user": """
import os
child = os.fork()
if child == 0:
    try:
        os.setuid(12345)
        os._exit(0)
    finally:
        os._exit(1)
result = os.waitpid(child, 0)[1] == 0 or None
assert result
""",
    "change the root": "call(161, 51, b'/')\nresult = True",
    "mount": """
import os
call(165, 40, b"tmpfs", work.encode(), b"tmpfs", ctypes.c_ulong(0), None)
call(166, 39, work.encode(), 0)
result = True
""",
    "make a map for bpf": """
import os, struct
attributes = struct.pack("=IIII", 2, 4, 4, 1) + bytes(112)
os.close(call(321, 280, 0, ctypes.c_char_p(attributes), ctypes.c_uint(128)))
result = True
""",
    "make a device": """
import os, stat
os.mknod("null", 0o600 | stat.S_IFCHR, os.makedev(1, 3))
os.unlink("null")
result = True
""",
    "open a raw socket": """
import socket
result = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP).fileno()
""",
}

ALL = FILES | NETWORK | PROCESSES | KERNEL | ROOTS
