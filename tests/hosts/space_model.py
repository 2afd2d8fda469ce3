"""Random trees against a model of what may go: see `space`. The model knows how each file was made, and asks neither disk nor program."""
import fcntl
import gzip
import mmap
import os
import random
import shutil
import socket
import time

OF_LOGS = [b"app.log.1", b"app.log.0", b"app.log.999", b"app.log-20261101", b"app-20261101.log", b"app.log.2026-11-01", b"web1.log.2",
           b"web-\n$(x).log.1", b"web\xff.log.7", b"web-20261101-101112.log"]
NOT_OF_LOGS = [b"app.log", b"app.log.0001", b"app.log.old", b"other.log.1", b"app.log.1.bak", b"xapp.log.1", b"web.log", b"app.log.1~",
               b"auth.log.1", b"secure-20261101", b"app.log-20261301", b"-app.log.1"]
DATA = [b"mysql-bin.000001", b"binlog.index", b"t.ibd", b"000000010000000000000001", b"00000000000000000000.log"]
ROOTS = [b"PG_VERSION", b"meta.properties", b".git"]
KEPT_NAMES = [b"x.lock", b"x.pid", b".s.x", b"lockfile", b"x.sqlite", b"vm.qcow2"]
AT_ONCE = 10  # trees on one file system, since the program takes longer to start than to look
BINARY = bytes(range(256)) * 20


class Made:
    """A file: whether it may go, by how it was made."""

    def __init__(self, path, kind, may):
        self.path, self.kind, self.may = path, kind, may


class Tree:
    def __init__(self, bed, number, random_, text):
        self.bed, self.random, self.text = bed, random_, text
        self.made, self.mounts, self.held, self.count = [], [], [], 0
        self.top, self.other = os.path.join(bed.top, b"t%d" % number), os.path.join(bed.other, b"t%d" % number)
        os.makedirs(self.other)
        shared = [os.path.join(self.top, f) for f in (b"temp", b"temp2")]
        for folder in (b"log", b"deep/log"):
            self.logs(os.path.join(self.top, folder))
        for folder in shared:
            self.temp(folder, 0, True)
        # who writes at random to one file of a folder has all of it, but for those that all share
        written = {os.path.dirname(path) for how, path in self.held if how == "mapped"}
        for made in self.made:
            folder = os.path.dirname(made.path)
            made.may = made.may and not (folder in written and folder not in shared)
        for _ in range(3):
            self.write(os.path.join(self.other, b"wanted%d" % self.next()), self.text)

    def next(self):
        self.count += 1
        return self.count

    def chance(self, p):
        return self.random.random() < p

    def write(self, path, content):
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as f:
            f.write(content)
        then = time.time() - 20 * 86400
        os.utime(path, (then, then))

    def logs(self, folder):
        os.makedirs(folder)
        is_data = self.chance(0.1)
        if is_data:
            self.write(os.path.join(folder, self.random.choice(DATA + ROOTS)), self.text)
        for name in self.random.sample(OF_LOGS, 4) + self.random.sample(NOT_OF_LOGS, 3):
            packed = self.chance(0.3) and not name.endswith(b".log")
            path = os.path.join(folder, name + (b".gz" if packed else b""))
            text = self.text * self.random.randint(1, 400)
            is_text = self.chance(0.8)
            content = text if is_text else BINARY
            if packed:
                content = gzip.compress(content) if self.chance(0.8) else b"not " + content
            is_packed_well = not packed or content.startswith(b"\x1f\x8b")
            self.entry(path, "log", content, name in OF_LOGS and not is_data and is_text and is_packed_well)

    def temp(self, folder, depth, may):
        os.makedirs(folder, exist_ok=True)
        is_data = is_root = False
        if self.chance(0.06):
            name = self.random.choice(DATA + ROOTS)
            is_root, is_data = name in ROOTS, depth > 0
            self.write(os.path.join(folder, name), self.text)
        for name in self.random.sample(KEPT_NAMES, 1) if self.chance(0.3) else []:
            path = os.path.join(folder, name)
            self.write(path, self.text)
            is_data = is_data or (depth > 0 and name in (b"x.sqlite", b"vm.qcow2"))
        for _ in range(self.random.randint(1, 5)):
            name = self.random.choice([b"f%d", b"-f%d", b"\xff%d", b"f\n%d", b"$(f)%d", b"f %d"]) % self.next()
            self.entry(os.path.join(folder, name), "temp", os.urandom(self.random.choice([0, 10, 5000, 30000])),
                       may and not is_data and not is_root)
        while depth < 4 and self.chance(0.45):
            self.below(os.path.join(folder, b"d%d" % self.next()), depth + 1, may and not is_root)

    def below(self, folder, depth, may):
        how = self.random.choice(["plain"] * 16 + ["mount", "bind", "source", "locked", "place", "link"])
        other = os.path.join(self.other, b"d%d" % self.next())
        if how == "link":
            os.makedirs(other)
            self.write(os.path.join(other, b"x"), self.text)
            os.symlink(other, folder)
            return
        os.makedirs(folder)
        if how == "mount":
            self.mount(b"tmpfs", folder, b"tmpfs")
        if how in ("bind", "source"):
            os.makedirs(other)
            self.mount(*((other, folder) if how == "bind" else (folder, other)), b"", 0x1000)
        if how in ("locked", "place"):
            self.held.append((how, folder))
        self.temp(folder, depth, may and how == "plain")

    def mount(self, source, target, kind=b"", flags=0):
        self.bed.mount(source, target, kind, flags)
        self.mounts.append(target)

    def entry(self, path, kind, content, may):
        how = self.random.choice(["plain"] * 16 + [
            "new", "read", "fifo", "socket", "link", "second", "special", "open", "append", "mapped", "folder"])
        if how == "plain" and self.chance(0.02):  # few: each takes the kernel a while
            how = self.random.choice(["mounted", "source"])
        other = os.path.join(self.other, b"o%d" % self.next())
        if how == "fifo":
            os.mkfifo(path)
        elif how == "socket":
            here, there = os.open(os.path.dirname(path), os.O_RDONLY), socket.socket(socket.AF_UNIX)
            there.bind(b"/proc/self/fd/%d/%s" % (here, os.path.basename(path)))
            there.close()
            os.close(here)
        elif how == "link":
            self.write(other, self.text)
            os.symlink(other, path)
        elif how == "folder":
            os.mkdir(path)
        else:
            self.write(path, content)
            now = time.time() + 20 * 86400
            if how == "new":
                os.utime(path, (now, now))
            elif how == "read":
                os.utime(path, (now, os.stat(path).st_mtime))
                may = may and kind == "log"  # of those it only matters when they were written
            elif how == "second":
                os.link(path, path + b"-second")
            elif how == "special":
                os.chmod(path, 0o4755)
                may = may and kind == "log"
            elif how in ("mounted", "source"):
                self.write(other, b"over it\n")
                self.mount(*((other, path) if how == "mounted" else (path, other)), b"", 0x1000)
            elif how in ("open", "append", "mapped"):
                if how == "mapped" and not content:
                    how = "open"
                self.held.append((how, path))
            may = may and how in ("plain", "read", "special")
            self.made.append(Made(path, kind, may and (kind == "temp" or len(content) > 0)))

    def clear(self):
        for target in reversed(self.mounts):
            self.bed.umount(target)


def hold(trees):
    """In another process, which can be in one place only."""
    kept, is_placed = [], False
    for how, path in [h for t in trees for h in t.held]:
        if how == "place" and not is_placed:
            os.chdir(path)
            is_placed = True
            continue
        fd = os.open(path, os.O_WRONLY | os.O_APPEND if how == "append" else os.O_RDWR if how == "mapped" else os.O_RDONLY)
        if how in ("locked", "place"):
            fcntl.flock(fd, fcntl.LOCK_SH)
        if how == "mapped":
            kept.append(mmap.mmap(fd, 0))
        kept.append(fd)
    return kept


def happens(tree, made):
    """Something that makes of a planned file one that is not to go any more."""
    how = tree.random.choice(["grown", "replaced", "rights", "second", "link", "gone", "rewritten"])
    path, other = made.path, os.path.join(tree.other, b"h%d" % tree.next())
    if how == "grown":
        with open(path, "ab") as f:
            f.write(b"more\n")
    elif how == "rewritten":
        with open(path, "r+b") as f:
            f.write(b"other\n")
    elif how == "replaced":
        content = open(path, "rb").read()
        tree.write(other, content)
        os.rename(other, path)
    elif how == "rights":
        os.chmod(path, 0o600)
    elif how == "second":
        os.link(path, other)
    elif how == "link":
        os.rename(path, other)
        os.symlink(other, path)
    else:
        os.rename(path, other)


def one(bed, seed, tools):
    trees = [Tree(bed, n, random.Random(seed + n), tools.TEXT) for n in range(AT_ONCE)]
    made, chance = [m for t in trees for m in t.made], trees[0].chance
    expected = {m.path for m in made if m.may}
    with tools.other_process(lambda: hold(trees)):
        planned = bed.look()
        differ = sorted(set(planned) ^ expected)
        tools.expect(not differ, ["%r is %s, %s" % (p, "planned" if p in planned else "left", bed.why(p)) for p in differ])
        temp = [m for m in made if m.may and m.kind == "temp"]
        is_all = bool(temp) and chance(0.5)
        chosen = temp if is_all else [m for m in made if m.may and chance(0.8)]
        if is_all:
            latest = max(os.lstat(m.path).st_ctime_ns for m in temp)
            plans = ["old:%d:%d" % (latest + tools.KEEP * 1000000000 + 2000000, len(temp))]
            time.sleep(0.012)  # what happens now has a later time of change
        else:
            plans = [planned[m.path] for m in chosen]
        left = [m for m in chosen if chance(0.2)]
        for m in left:
            happens(next(t for t in trees if m in t.made), m)
        before = tools.everything(bed.top)
        go = {m.path for m in chosen} - {m.path for m in left}
        size = sum(os.lstat(p).st_blocks * 512 for p in go)
        gone = bed.free(plans) if plans else set()
        tools.expect(gone == go, "%s" % sorted(gone ^ go))
        after = tools.everything(bed.top)
        lost = {p for p in before if before[p] != after.get(p)} | (set(after) - set(before))
        tools.expect(lost == go, "lost or changed: %s" % sorted(lost ^ go))
        if plans:
            said = sum(int(line[1]) for line in bed.answer if line[0] == "gone")
            tools.expect(said == size, "%d bytes were said and %d planned" % (said, size))
            tools.expect(not bed.is_exact or bed.gain() == size, "%d bytes are free and %d were planned" % (bed.gain(), size))
    for tree in trees:
        tree.clear()
    for name in os.listdir(bed.top):
        shutil.rmtree(os.path.join(bed.top, name))
    return len(go)


def run(tools, program, kind, seed, trees):
    bed = tools.Bed(program, kind)
    bed.mount, bed.umount, bed.is_exact = tools.mount, tools.umount, kind == "tmpfs"
    numbers = range(AT_ONCE)
    bed.list(logs=["t%d/%slog/%s.log" % (n, f, p) for n in numbers for f in ("", "deep/") for p in ("app", "web*")],
             temp=["t%d/%s" % (n, p) for n in numbers for p in ("temp", "temp2")])
    bed.space.MOST_FILES = 1000
    for name in os.listdir(bed.top):
        shutil.rmtree(os.path.join(bed.top, name))
    named, gone = bed.space.Host._named_by_tmpfiles(), 0
    bed.space.Host._named_by_tmpfiles = staticmethod(lambda: named)  # read once for all
    for i in range(seed, seed + trees, AT_ONCE):
        try:
            gone += one(bed, i, tools)
        except Exception as e:
            raise AssertionError("with the seed %d (model %d %d does it again): %s %s" % (i, i, AT_ONCE, type(e).__name__, e)) from e
    print("%d trees, %d files are gone" % (trees, gone))
