"""Makes the *.jsonl and totals.json beside this file: python make_metrics.py

Each benchmark's rules, written down once more from their published definitions, over replies with the edge cases in
them; the tests compare the kit's metrics with what comes out here, case by case and in total.
"""
import itertools
import json
import math
import pathlib
import random
import re

HERE = pathlib.Path(__file__).parent
MAIN = HERE.parents[3] / "main/resources/vitune/evaluate"
CONTRACTIONS = dict(
    line.split() for line in (MAIN / "contractions.txt").read_text().splitlines() if line and not line.startswith("#"))
rng = random.Random(6)
totals = {}


def write(name, rows):
    """The names of the fields, and then the values of a row a line."""
    with open(HERE / name, "w") as out:
        for line in [list(rows[0])] + [list(row.values()) for row in rows]:
            out.write(json.dumps(line, separators=(",", ":")) + "\n")
    assert len(rows) >= 200, (name, len(rows))


def wilson(right, n, z=1.959963984540054):
    """By the roots of (p - x)^2 = z^2 x (1 - x) / n, not by the closed form."""
    if n == 0:
        return [None, None, None, 0]
    p = right / n
    a, b, c = 1 + z * z / n, -(2 * p + z * z / n), p * p
    root = math.sqrt(max(0.0, b * b - 4 * a * c))
    return [p, (-b - root) / (2 * a), (-b + root) / (2 * a), n]


# ---------------------------------------------------------------- VQA v2, TextVQA

NUMBER = {"none": "0", "zero": "0", **dict(zip("one two three four five six seven eight nine ten".split(), map(str, range(1, 11))))}


def punctuation(text):
    digits_comma = any(text[i] == "," and text[i - 1].isdecimal() and text[i + 1].isdecimal() for i in range(1, len(text) - 1))
    gone = {sign: digits_comma or sign + " " in text or " " + sign in text for sign in ';/[]"{}()=+\\_-><@`,?!'}
    text = "".join(sign if sign not in gone else "" if gone[sign] else " " for sign in text)
    kept, left = [], 32
    for i, sign in enumerate(text):
        if sign == "." and left and not text[i + 1:i + 2].isdecimal():
            left -= 1
        else:
            kept.append(sign)
    return "".join(kept)


def words(text):
    out = [NUMBER.get(word, word) for word in text.lower().split()]
    return " ".join(CONTRACTIONS.get(word, word) for word in out if word not in ("a", "an", "the"))


def plain(text):
    return re.sub("[\n\t]", " ", text).strip()


def tokenised(text):
    return words(punctuation(plain(re.sub("[,?]", "", text.lower()).replace("'s", " 's").strip())))


def soft(reply, answers):
    """The mean over the subsets that leave one person out."""
    subsets = [answers[:i] + answers[i + 1:] for i in range(len(answers))]
    return sum(min(1.0, subset.count(reply) / 3) for subset in subsets) / len(answers)


def official(reply, answers):
    reply, answers = plain(reply), [plain(answer) for answer in answers]
    if any(answer != answers[0] for answer in answers):
        reply, answers = words(punctuation(reply)), [words(punctuation(answer)) for answer in answers]
    return soft(reply, answers)


SAYINGS = [
    "yes", "Yes", "yes.", "Yes, it is", "no", "NO!", "none", "zero", "0", "two", "2", "Two.", "ten", "10", "eleven", "11",
    "a dog", "the dog", "dog", "Dog.", "an apple", "apple", "the", "A", "", " ", "dont know", "don't know", "Dont know.",
    "cant tell", "can't tell", "its", "it's", "let's go", "lets go", "Im", "I'm", "somebody'd", "somebodyd", "oclock",
    "5 oclock", "5 o'clock", "twas", "ow's'at", "youve", "1,000", "1000", "1, 000", "1,000,000.", "1,5/3", "$1,000-5",
    "1.5", "1.5.", ".5", "1.", "u.s.a.", "U.S.A", "usa", "3.14.15", "e.g. this", "red/white", "red / white", "red /white",
    "red white", "red-white", "red - white", "red,white", "red, white", "red and white", "(red)", "( red )", "red)", "[a]",
    "what?", "what ?", "wh?at", "a-b_c", "a -b_c", "tennis racket", "tennis racket ", "tennis\nracket", "tennis\tracket",
    "tennis  racket", "t-shirt", "t shirt", "tshirt", "10:30", "10;30", "at 10;30 ", "50%", "#1", "@home", "@ home", "home@",
    "john's", "johns", "john 's", "mother's day", "mothers day", "stop!", "st\\op", "\"stop\"", "'stop'", "`stop`", "a a a",
    "the the cat", "one two", "One Two Three", "four-five", "<b>", "x=y", "x = y", "x+y", "{x}", "...", "." * 40, "a" + "." * 40 + "b",
    "caf\u00e9", "CAF\u00c9", "\u00a0red\u00a0", "red\u2003wine", "\u0663,\u0664", "none of them", "wouldntve", "wouldnt've", "shouldve",
]


def vqa():
    rows, sums = [], {"official": [], "cleaned": [], "text": []}
    for i in range(270):
        first = SAYINGS[i % len(SAYINGS)]
        near = [saying for saying in SAYINGS if words(punctuation(plain(saying))) == words(punctuation(plain(first)))
                or tokenised(saying) == tokenised(first)]
        pool = [first] if i % 9 == 0 else near + rng.sample(SAYINGS, 2 if i % 3 else 4)
        answers = sorted(rng.choice(pool) for _ in range(10))
        if not any(answer.strip() for answer in answers):
            answers[0] = "red"
        reply = rng.choice(near) if i % 5 else rng.choice(SAYINGS)
        counted = [[answer, len(list(same))] for answer, same in itertools.groupby(answers)]
        kind = ["yes/no", "number", "other"][i % 3]
        worth = [round(x, 12) for x in [official(reply, answers), official(tokenised(reply), answers), soft(tokenised(reply), [tokenised(a) for a in answers])]]
        for form, value in zip(sums, worth):
            sums[form].append((kind, value))
        rows.append({"kind": kind, "reply": reply, "answers": counted, "worth": worth})
    write("vqa.jsonl", rows)
    totals["vqa"] = {form: {kind: sum(v for k, v in all if kind in (k, "overall")) / sum(kind in (k, "overall") for k, v in all)
                            for kind in ("yes/no", "number", "other", "overall")} for form, all in sums.items()}
    write("vqa_cleaned.jsonl", [{"text": t, "cleaned": words(punctuation(t)), "tokenised": tokenised(t)} for t in
                                SAYINGS + [f"{a} {b}" for a, b in (rng.sample(SAYINGS, 2) for _ in range(110))]])


# ---------------------------------------------------------------- GQA

def gqa():
    rows, counts = [], {}
    answers = ["yes", "no", "left", "red", "fire hydrant", "t-shirt", "mr. smith", "the u.s.a"]
    for i in range(240):
        answer = answers[i % len(answers)]
        said = rng.choice([answer, answer, answer.upper(), answer.capitalize() + ".", answer + "...", answer + ". ", " " + answer,
                           "a " + answer, answer + ", yes", answer.replace(" ", ""), answer + "s", "." + answer, answers[(i + 1) % 8], ""])
        kind = ["verify", "query", "choose", "logical", "compare"][i % 5]
        end = len(said)
        while end and said[end - 1] == ".":
            end -= 1
        right = said[:end].lower() == answer
        for group in (kind, "open" if kind == "query" else "binary", "overall"):
            n = counts.setdefault(group, [0, 0])
            n[0] += right
            n[1] += 1
        rows.append({"kind": kind, "answer": answer, "reply": said, "right": right})
    write("gqa.jsonl", rows)
    totals["gqa"] = {group: wilson(*n) for group, n in counts.items()}


# ---------------------------------------------------------------- POPE

YES_NO = ["Yes", "yes", "Yes.", "No", "no", "No.", "No, there is not.", "Yes, there is no dog but a cat.", "There is not a dog.", "not",
          "Not at all", "NO", "nothing", "Yes. There is no cat.", "It is. No.", "Well no.", "no!", "No!", "No, no", "No, a cat", "no, never", "none", "Nope", "",
          " ", "cannot say", "I do not know", "know", "note", "No\nreally", "yes,no", "yes, no", "no.", ".no", "a.no", "It,s not", "Yes, it's there"]


def no(reply):
    sentence = reply.partition(".")[0]
    return bool({"No", "no", "not"} & set(sentence.replace(",", "").split(" ")))


def f1(tp, fp, fn):
    return 2 * tp / (2 * tp + fp + fn) if tp + fp + fn else None


def pope():
    rows, outcomes = [], {}
    for i in range(270):
        split = ["random", "popular", "adversarial"][i % 3]
        label = ["yes", "no"][i // 3 % 2]
        reply = YES_NO[i % len(YES_NO)] if i < 105 else rng.choice(["Yes", "No, it is not.", label.capitalize(), label, "No"])
        for group in (split, "overall"):
            o = outcomes.setdefault(group, {"tp": 0, "fp": 0, "tn": 0, "fn": 0})
            o[("fn" if label == "yes" else "tn") if no(reply) else ("tp" if label == "yes" else "fp")] += 1
        rows.append({"split": split, "label": label, "reply": reply, "no": no(reply)})
    write("pope.jsonl", rows)
    totals["pope"] = {}
    for group, o in outcomes.items():
        tp, fp, tn, fn = o["tp"], o["fp"], o["tn"], o["fn"]
        totals["pope"][group] = {"accuracy": wilson(tp + tn, tp + fp + tn + fn), "precision": wilson(tp, tp + fp), "recall": wilson(tp, tp + fn),
                                 "F1": [f1(tp, fp, fn)], "yes": wilson(tp + fp, tp + fp + tn + fn)}
    totals["pope"]["mean F1"] = sum(totals["pope"][s]["F1"][0] for s in ("random", "popular", "adversarial")) / 3


# ---------------------------------------------------------------- MME

SUBTASKS = {"perception": "existence count position color posters celebrity scene landmark artwork OCR".split(),
            "cognition": "commonsense_reasoning numerical_calculation text_translation code_reasoning".split()}


def mme_said(reply):
    low = reply.lower()
    if low in ("yes", "no"):
        return low
    return next((word for word in ("yes", "no") if word in low[:4]), "other")


def mme():
    rows, scores = [], {}
    edges = ["Yes", "No", "yes.", "no, it is", "YES", "Is no", " yes", "  yes", "Not sure", "Nope", "ye s", "It is yes", "noyes", "yeno", "", "N", "Know", "eyes", "Unknown"]
    for t, subtask in enumerate(sum(SUBTASKS.values(), []) + ["my_own"]):
        right, both = 0, 0
        for picture in range(8):
            answers = ["yes", "no"] if picture % 2 else ["no", "yes"]
            hits = 0
            for answer in answers:
                reply = rng.choice([answer.capitalize(), answer + ".", answer, rng.choice(edges)])
                hit = mme_said(reply) == answer
                hits += hit
                rows.append({"subtask": subtask, "picture": f"{picture}.jpg", "answer": answer, "reply": reply, "said": mme_said(reply)})
            right += hits
            both += hits == 2
        scores[subtask] = {"accuracy": wilson(right, 16), "accuracy+": wilson(both, 8), "score": [100 * (right / 16 + both / 8)]}
    write("mme.jsonl", rows)
    totals["mme"] = scores | {total: {"score": [sum(scores[s]["score"][0] for s in names)]} for total, names in SUBTASKS.items()}


# ---------------------------------------------------------------- MMBench

def choice(reply, options):
    letters = "ABCDEFGH"[:len(options)]
    bare = "".join(" " if sign in ".()[],:;!*#{}" else sign for sign in reply).split()
    named = sorted(set(bare) & set(letters))
    if len(named) == 1 and bare.index(named[0]) + 5 > len(bare):
        return named[0]
    if not named and "Z" in bare:
        return ""
    if len(reply) > 2 * sum(map(len, options)):
        return ""
    held = [letter for letter, option in zip(letters, options) if option.lower() in reply.lower()]
    return held[0] if len(held) == 1 else ""


def mmbench():
    rows, groups = [], {}
    things = ["red", "Blue", "a dog", "two cats", "the left", "10", "none", "Paris", "A", "under the table", "blue sky"]
    for q in range(75):
        options = rng.sample(things, 2 + q % 3)
        category, ability = [("color", "perception"), ("place", "perception"), ("reasoning", "logic")][q % 3]
        truth = rng.randrange(len(options))
        skill = rng.random()
        right = []
        for by in range(len(options)):
            turned = options[by:] + options[:by]
            letter = "ABCD"[(truth - by) % len(options)]
            wrong = rng.choice([x for x in "ABCD"[:len(options)] if x != letter])
            say = letter if rng.random() < skill + 0.55 else wrong
            text = turned["ABCD".index(say)]
            reply = rng.choice([say, say, say + ".", f"({say})", f"{say}. {text}", f"The answer is {say}.", f"**{say}**", text, text.upper(), f"It is {text}!",
                                rng.choice([say.lower(), f"{say} or {wrong}", f"{say}{wrong}", "Z", "", f"A lot of words come before, so it is {say}",
                                            f"{say} is what I would say, since nothing else fits it here", f"{say}: not {wrong}", "E", "I do not know what this is, whatever I try to think of it, nothing fits: " + text])])
            rows.append({"id": str(q + by * 1000000), "question": str(q), "category": category, "ability": ability, "choices": turned,
                         "answer": letter, "reply": reply, "letter": choice(reply, turned)})
            right.append(choice(reply, turned) == letter)
        for group in {category, ability, "overall"}:
            n = groups.setdefault(group, [0, 0, 0])
            n[0] += all(right)
            n[1] += right[0]
            n[2] += 1
    write("mmbench.jsonl", rows)
    totals["mmbench"] = {group: {"circular": wilson(n[0], n[2]), "plain": wilson(n[1], n[2])} for group, n in groups.items()}


# ---------------------------------------------------------------- ScienceQA

def science(reply, n):
    letter = ""
    if len(reply) == 1 and reply.isascii() and reply.isupper():
        letter = reply
    elif len(reply) > 2 and reply[0].isascii() and reply[0].isupper() and reply[1:3] == ". ":
        letter = reply[0]
    else:
        said = [part[0] for part in reply.split("The answer is ")[1:] if len(part) > 1 and part[0].isascii() and part[0].isupper() and part[1] != "\n"]
        letter = said[0] if len(said) == 1 else ""
    return letter if letter and ord(letter) - 65 < n else ""


def science_reasoned(reply, n):
    said = [part[0] for part in reply.split("The answer is ")[1:]
            if part[:1].isascii() and part[:1].isupper() and not (part[1:2].isascii() and part[1:2].isalpha())]
    letter = said[-1] if said else science(reply, 26)
    return letter if letter and ord(letter) - 65 < n else ""


def scienceqa():
    rows, counts = [], {}
    for i in range(260):
        n = 2 + i % 4
        answer = "ABCDE"[i % n]
        say = answer if rng.random() < 0.6 else rng.choice("ABCDEF")
        other = "ABCDE"[(i + 1) % n]
        reply = rng.choice([say, say, say + ". ice", f"The answer is {say}.", f"The answer is {say}", f"The answer is {say}\nBECAUSE", f"It melts.\nThe answer is {say}.",
                            f"The answer is {other}? No. The answer is {say}.", say + ".", say.lower(), f" {say}", f"The answer is {say.lower()}.", f"({say})", "", "FAILED",
                            f"the answer is {say}.", f"The answer is {say}) ice", f"The answer is {say}ll of it.", f"{say}.ice", f"The answer is  {say}."])
        kind = ["natural science", "social science", "language science"][i % 3]
        context = ["text", "image", "text image", "none"][i // 3 % 4]
        grade = 1 + i * 7 % 12
        got, reasoned = science(reply, n), science_reasoned(reply, n)
        for group in ([{"n": "NAT", "s": "SOC", "l": "LAN"}[kind[0]], "G1-6" if grade < 7 else "G7-12", "overall"]
                      + ["TXT"] * ("text" in context) + ["IMG"] * ("image" in context) + ["NO"] * (context == "none")):
            c = counts.setdefault(group, [0, 0, 0, 0])
            c[0] += got == answer
            c[1] += reasoned == answer
            c[2] += 1
            c[3] += got == ""
        rows.append({"kind": kind, "context": context, "grade": f"grade{grade}", "choices": n, "answer": answer, "reply": reply, "letter": got, "reasoned": reasoned})
    write("scienceqa.jsonl", rows)
    totals["scienceqa"] = {group: {"accuracy": wilson(c[0], c[2]), "reasoned": wilson(c[1], c[2])} for group, c in counts.items()}
    totals["scienceqa"]["unread"] = wilson(counts["overall"][3], counts["overall"][2])


# ---------------------------------------------------------------- LLaVA-Bench

def relative():
    rows = [{"question": f"q{i}", "kind": ["conversation", "detail", "complex"][i % 3], "reference": rng.choice([5, 6, 7, 8, 8.5, 9, 9, 10]),
             "candidate": rng.choice([1, 3, 5, 6, 7, 7.5, 8, 9])} for i in range(210)]
    write("relative.jsonl", rows)
    for kind in ("conversation", "detail", "complex", "overall"):
        some = [row for row in rows if kind in (row["kind"], "overall")]
        mean = lambda field: sum(row[field] for row in some) / len(some)
        totals.setdefault("relative", {})[kind] = [100 * mean("candidate") / mean("reference"), mean("reference"), mean("candidate"), len(some)]


for make in (vqa, gqa, pope, mme, mmbench, scienceqa, relative):
    make()
(HERE / "totals.json").write_text(json.dumps(totals, indent=None) + "\n")
