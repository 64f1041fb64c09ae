"""Makes the two fixtures beside this file with PyTorch and safetensors: python make_reference.py

reference.safetensors  a two-layer transformer with spliced picture features: inputs, weights, loss and gradients (ReferenceTest),
                       and three steps of clipping and torch.optim.AdamW (TrainingKernelsTest)
types.safetensors      one small array of every type, written by Python's safetensors (SafetensorsTest)
"""
import math
import pathlib

import torch
import torch.nn.functional as F
from safetensors.torch import save_file

HERE = pathlib.Path(__file__).parent
B, T, D, H, V, N, FF = 2, 7, 16, 2, 24, 6, 32


def weights():
    torch.manual_seed(1)
    w = {"embed": torch.randn(V, D) * 0.3, "position": torch.randn(T, D) * 0.1, "project.weight": torch.randn(D, 10) * 0.3}
    for layer in (0, 1):
        for name in ("q", "k", "v", "o"):
            w[f"{layer}.{name}.weight"] = torch.randn(D, D) * 0.3
            w[f"{layer}.{name}.bias"] = torch.randn(D) * 0.1
        for name in ("norm1", "norm2"):
            w[f"{layer}.{name}.weight"] = 1 + torch.randn(D) * 0.1
            w[f"{layer}.{name}.bias"] = torch.randn(D) * 0.1
    w["0.fc1.weight"], w["0.fc1.bias"] = torch.randn(FF, D) * 0.3, torch.randn(FF) * 0.1
    w["0.fc2.weight"], w["0.fc2.bias"] = torch.randn(D, FF) * 0.3, torch.randn(D) * 0.1
    w["1.gate.weight"], w["1.up.weight"], w["1.down.weight"] = torch.randn(FF, D) * 0.3, torch.randn(FF, D) * 0.3, torch.randn(D, FF) * 0.3
    w["norm.weight"] = 1 + torch.randn(D) * 0.1
    return w


def loss(w, ids, labels, keep, image, features):
    """Layer 0 as in OPT or a ViT, layer 1 with the feed-forward of LLaMA; the head is tied to the embedding."""
    x = F.embedding(ids, w["embed"])
    x = x.masked_scatter(image.bool().unsqueeze(-1), F.linear(features, w["project.weight"])) + w["position"]
    future = torch.triu(torch.full((T, T), -1e9), 1)
    mask = future + (keep.float() - 1)[:, None, None, :] * 1e9

    def heads(y):
        return y.view(B, T, H, D // H).transpose(1, 2)

    for layer in (0, 1):
        def linear(y, name):
            return F.linear(y, w[f"{layer}.{name}.weight"], w.get(f"{layer}.{name}.bias"))

        def norm(y, name):
            return F.layer_norm(y, (D,), w[f"{layer}.{name}.weight"], w[f"{layer}.{name}.bias"], 1e-5)

        y = norm(x, "norm1")
        q, k, v = heads(linear(y, "q")), heads(linear(y, "k")), heads(linear(y, "v"))
        a = torch.softmax(q @ k.transpose(-2, -1) / math.sqrt(D // H) + mask, -1) @ v
        x = x + linear(a.transpose(1, 2).reshape(B, T, D), "o")
        y = norm(x, "norm2")
        x = x + (linear(F.gelu(linear(y, "fc1")), "fc2") if layer == 0 else linear(F.silu(linear(y, "gate")) * linear(y, "up"), "down"))
    x = x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + 1e-6) * w["norm.weight"]
    logits = x @ w["embed"].T
    return F.cross_entropy(logits.view(-1, V), labels.view(-1), reduction="sum", ignore_index=-100)


def model_reference(out):
    w = weights()
    for p in w.values():
        p.requires_grad_(True)
    inputs = {
        "ids": torch.randint(0, V, (B, T)),
        "labels": torch.randint(0, V, (B, T)),
        "keep": torch.tensor([[1] * 7, [1] * 5 + [0] * 2]),
        "image": torch.tensor([[1, 1, 1, 0, 0, 0, 0], [0, 1, 1, 1, 0, 0, 0]]),
        "features": torch.randn(N, 10),
    }
    inputs["labels"][:, :4] = -100
    inputs["labels"][1, 5:] = -100
    total = loss(w, **inputs)
    total.backward()
    out.update({f"input.{k}": v for k, v in inputs.items()} | {"loss": total.detach()})
    out.update({f"weight.{k}": v.detach() for k, v in w.items()} | {f"gradient.{k}": v.grad for k, v in w.items()})


def adamw_reference(out):
    """The second parameter has tiny gradients, where the place of epsilon shows."""
    torch.manual_seed(2)
    p = [torch.randn(3, 4).requires_grad_(True), torch.ones(5).requires_grad_(True)]
    out.update({f"adamw.start.{i}": x.detach().clone() for i, x in enumerate(p)})
    adamw = torch.optim.AdamW(p, lr=0.1, betas=(0.9, 0.99), eps=1e-8, weight_decay=0.05)
    norms = []
    for step in range(3):
        p[0].grad, p[1].grad = torch.randn(3, 4) * 3 ** step, torch.randn(5) * 1e-6
        out.update({f"adamw.gradient.{step}.{i}": x.grad.clone() for i, x in enumerate(p)})
        norms.append(torch.nn.utils.clip_grad_norm_(p, 2.5))
        out.update({f"adamw.clipped.{step}.{i}": x.grad.clone() for i, x in enumerate(p)})
        adamw.step()
        out.update({f"adamw.after.{step}.{i}": x.detach().clone() for i, x in enumerate(p)})
    out["adamw.norms"] = torch.stack(norms)


def types():
    numbers = [0.0, 1.0, -2.5, 3.140625]
    out = {n: torch.tensor(numbers, dtype=t).reshape(2, 2) for n, t in
           {"f64": torch.float64, "f32": torch.float32, "f16": torch.float16, "bf16": torch.bfloat16}.items()}
    whole = {"i64": torch.int64, "i32": torch.int32, "i8": torch.int8, "u8": torch.uint8}
    out.update({n: torch.tensor([0, 1, 2, 100], dtype=t) for n, t in whole.items()})
    out["i64"][3] = 1 << 40
    out.update({"bool": torch.tensor([True, False, True]), "scalar": torch.tensor(7.5), "empty": torch.zeros(0, 3)})
    save_file(out, HERE / "types.safetensors", metadata={"format": "pt", "note": "größer → 2"})


reference = {}
model_reference(reference)
adamw_reference(reference)
save_file({k: v.contiguous() for k, v in reference.items()}, HERE / "reference.safetensors", metadata={"torch": torch.__version__})
types()
