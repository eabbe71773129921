"""Accounts and their roles; figures are never edited here."""

from django.contrib import admin

from budgets.models import Membership


@admin.register(Membership)
class MembershipAdmin(admin.ModelAdmin):
    list_display = ["user", "role", "unit", "valid_from", "valid_to"]
    list_filter = ["role"]
