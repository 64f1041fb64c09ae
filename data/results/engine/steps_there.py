"""The other program of steps.md: steps of Hugging Face's BLIP-2 in eager PyTorch without end, in the sizes of
vitune.tune.StepBenchmark. A line "ready" once it is warm, then a line of milliseconds each.

  OMP_NUM_THREADS=2 python steps_there.py stage1|stage2      needs torch and transformers
"""
import sys
import time

import torch
import transformers as t

BATCH, QUERIES, WORDS, VOCABULARY = 8, 16, 64, 4000

torch.set_num_threads(2)
torch.manual_seed(1)
model = t.Blip2ForConditionalGeneration(t.Blip2Config(
    vision_config=t.Blip2VisionConfig(
        hidden_size=256, intermediate_size=1024, num_hidden_layers=6, num_attention_heads=4, image_size=112,
        patch_size=14).to_dict(),
    qformer_config=t.Blip2QFormerConfig(
        vocab_size=100, hidden_size=256, intermediate_size=1024, num_hidden_layers=4, num_attention_heads=4,
        cross_attention_frequency=2, encoder_hidden_size=256, hidden_dropout_prob=0.0,
        attention_probs_dropout_prob=0.0).to_dict(),
    text_config=t.OPTConfig(
        vocab_size=VOCABULARY, hidden_size=384, ffn_dim=1536, num_hidden_layers=6, num_attention_heads=6,
        max_position_embeddings=512, dropout=0.0, attention_dropout=0.0).to_dict(),
    num_query_tokens=QUERIES, image_token_index=VOCABULARY - 1))
model.set_attn_implementation("sdpa")
model.train()
model.vision_model.requires_grad_(False)
if sys.argv[1] == "stage1":
    model.language_model.requires_grad_(False)

words = torch.randint(4, VOCABULARY - 1, (BATCH, WORDS))
ids = torch.cat([torch.full((BATCH, QUERIES), VOCABULARY - 1), words], 1)
labels = torch.cat([torch.full((BATCH, QUERIES), -100), words], 1)
batch = dict(pixel_values=torch.randn(BATCH, 3, 112, 112), input_ids=ids, attention_mask=torch.ones_like(ids), labels=labels)

trained = [p for p in model.parameters() if p.requires_grad]
optimizer = torch.optim.AdamW(trained, lr=1e-4, weight_decay=0.05)


def step():
    model(**batch).loss.backward()
    torch.nn.utils.clip_grad_norm_(trained, 1.0)
    optimizer.step()
    optimizer.zero_grad(set_to_none=True)


for _ in range(4):
    step()
print("ready", flush=True)
while True:
    began = time.perf_counter()
    step()
    print("%.3f" % (1000 * (time.perf_counter() - began)), flush=True)
